package dev.ravine.spark;

import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * A statistic on its way to executors.
 *
 * @param statistic without its variables
 * @param variables what they look like
 * @param numbers of each variable; null if there are none
 */
record SentStatistic(Statistic statistic, List<Variable> variables, Broadcast<SentNumbers[]> numbers)
        implements Serializable {
    /**
     * A variable without its numbers.
     *
     * @param name for errors
     * @param dtype of its numbers
     * @param shape its sizes
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Variable(String name, DType dtype, long[] shape) implements Serializable {}

    /** With the numbers that variables have now; to be closed. */
    static SentStatistic of(Statistic statistic, Function<SentNumbers[], Broadcast<SentNumbers[]>> broadcast) {
        List<Tensor> tensors = statistic.variables();
        if (tensors.isEmpty()) {
            return new SentStatistic(statistic, List.of(), null);
        }
        SentNumbers[] numbers = tensors.stream()
                .map(tensor -> SentNumbers.of(Elements.of(tensor.value())))
                .toArray(SentNumbers[]::new);
        List<Variable> variables = tensors.stream()
                .map(tensor -> new Variable(
                        tensor.name(), tensor.dtype(), tensor.shape().toArray()))
                .toList();
        return new SentStatistic(statistic.with(List.of()), variables, broadcast.apply(numbers));
    }

    /** Executors forget the numbers. */
    void destroy() {
        if (numbers != null) {
            numbers.destroy(false);
        }
    }
}
