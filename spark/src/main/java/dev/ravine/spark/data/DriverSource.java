package dev.ravine.spark.data;

import dev.ravine.core.data.ExampleWeights;
import dev.ravine.core.data.RowCopy;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples as the driver knows them: it holds no numbers but weights. */
public final class DriverSource extends FormatSource {
    private final ExampleWeights weights;
    private final long checksum;

    /** With the weights of all examples, or null. */
    DriverSource(int size, RowFormat format, ExampleWeights weights, long checksum) {
        super(size, format);
        this.weights = weights;
        this.checksum = checksum;
    }

    @Override
    public Optional<ExampleWeights> weights() {
        return Optional.ofNullable(weights);
    }

    @Override
    public long checksum() {
        return checksum;
    }

    @Override
    public RowCopy rowCopy(int count, INDArray features, INDArray targets) {
        return (rows, from) -> {
            throw new IllegalStateException("the driver holds no examples; executors compute with them");
        };
    }

    @Override
    public RowCopy weightCopy(int count, INDArray memory) {
        return rowCopy(count, memory, memory);
    }
}
