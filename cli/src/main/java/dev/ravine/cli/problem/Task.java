package dev.ravine.cli.problem;

import dev.ravine.core.Arena;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.training.ModelCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A net to train, its data and its metrics.
 *
 * @param data where the data come from, for people
 * @param shape of the net, for people
 * @param net not initialized yet
 * @param loss of its outputs and the data's targets
 * @param set training and test data; the same where there is no test
 * @param examples what is trained on: the training data, or those data augmented
 * @param l2 weight of L2
 * @param metrics in the order of columns; the first is the training objective
 * @param gallery pictures of what the net has learned, if the data are images
 * @param code makes net and loss in other processes, if it is known
 * @param targetScale of the targets that the net is given, if they are not in the units of the data
 */
public record Task(
        String data,
        String shape,
        Module net,
        Loss loss,
        TrainTest set,
        ExampleSource examples,
        double l2,
        List<TaskMetric> metrics,
        Optional<Gallery> gallery,
        Optional<ModelCode> code,
        Optional<Standardize> targetScale) {
    /**
     * {@return a builder of a task without L2, metrics of its own and pictures}
     *
     * @param net not initialized yet
     * @param loss of its outputs and the data's targets
     * @param set training and test data
     */
    public static Builder builder(Module net, Loss loss, TrainTest set) {
        return new Builder(net, loss, set, null);
    }

    /**
     * {@return a builder of a task that a cluster can compute, too} As {@link #builder(Module, Loss, TrainTest)}.
     *
     * @param code makes net and loss
     * @param set training and test data
     */
    public static Builder builder(ModelCode code, TrainTest set) {
        return new Builder(code.net().make(), code.loss().make(), set, code);
    }

    /**
     * {@return the same on the data of another task}
     *
     * @param other whose data have the same shape
     */
    public Task onDataOf(Task other) {
        return new Task(data, shape, net, loss, other.set, other.examples, l2, metrics, gallery, code, targetScale);
    }

    /**
     * {@return outputs of the net or its targets, in the units of the data}
     *
     * @param numbers the net's
     */
    public double[] inUnitsOfData(INDArray numbers) {
        return Arena.toDoubles(targetScale.map(scale -> scale.invert(numbers)).orElse(numbers));
    }

    /** {@return how large in the units of the data 1 of the net's only output is} */
    public double unit() {
        return targetScale.map(scale -> scale.deviation(0)).orElse(1.0);
    }

    /** {@return the net with the memory to measure it again and again, to be closed; the net must be initialized} */
    public MeasuredNet measured() {
        return new MeasuredNet(net, loss, set, l2);
    }

    /**
     * {@return the figures of all metrics by name, in their order}
     *
     * @param measured the net of this task
     */
    public Map<String, Double> figures(MeasuredNet measured) {
        measured.begin();
        Map<String, Double> figures = new LinkedHashMap<>();
        metrics.forEach(m -> figures.put(m.name(), m.figure().applyAsDouble(measured)));
        return figures;
    }

    /** {@return the metric that the optimizers are asked to minimise} */
    public TaskMetric objective() {
        return metrics.get(0);
    }

    /** {@return the first metric of the test data, which decides who generalises best} */
    public Optional<TaskMetric> test() {
        return metrics.stream().filter(m -> m.kind() == TaskMetric.Kind.TEST).findFirst();
    }

    /** Makes a task. */
    public static final class Builder {
        private final Module net;
        private final Loss loss;
        private final TrainTest set;
        private final ModelCode code;
        private final List<TaskMetric> own = new ArrayList<>();
        private String data = "generated data";
        private String shape = "custom";
        private double l2;
        private TaskMetric objective;
        private Gallery gallery;
        private ExampleSource examples;
        private Standardize targetScale;

        private Builder(Module net, Loss loss, TrainTest set, ModelCode code) {
            this.net = net;
            this.loss = loss;
            this.set = set;
            this.code = code;
        }

        /** {@return the net of the task} */
        public Module net() {
            return net;
        }

        /**
         * {@return this, with words for people}
         *
         * @param dataText where the data come from
         * @param shapeText the shape of the net, as in {@code 784-32-16-10}
         */
        public Builder described(String dataText, String shapeText) {
            this.data = dataText;
            this.shape = shapeText;
            return this;
        }

        /**
         * {@return this, with L2}
         *
         * @param weight not negative
         */
        public Builder l2(double weight) {
            this.l2 = weight;
            return this;
        }

        /**
         * {@return this, with another name or rounding of the training objective}
         *
         * @param metric of the kind {@link TaskMetric.Kind#OBJECTIVE}
         */
        public Builder objective(TaskMetric metric) {
            this.objective = metric;
            return this;
        }

        /**
         * {@return this, with one more metric}
         *
         * @param metric shown after those added before
         */
        public Builder metric(TaskMetric metric) {
            own.add(metric);
            return this;
        }

        /**
         * {@return this, with pictures}
         *
         * @param pictures of what the net has learned
         */
        public Builder gallery(Gallery pictures) {
            this.gallery = pictures;
            return this;
        }

        /**
         * {@return this, training on other examples than those that are measured}
         *
         * @param augmented the training data, changed at random
         */
        public Builder trainingOn(ExampleSource augmented) {
            this.examples = augmented;
            return this;
        }

        /**
         * {@return this, with targets that were scaled for the net} The page shows predictions in the units that they
         * had before.
         *
         * @param scale of the targets
         */
        public Builder targetScale(Standardize scale) {
            this.targetScale = scale;
            return this;
        }

        /** {@return the task; with L2 its first metrics are the objective and the loss without L2, else the loss} */
        public Task build() {
            List<TaskMetric> metrics = new ArrayList<>();
            if (objective != null) {
                metrics.add(objective);
            } else if (l2 == 0) {
                metrics.add(lossAs(TaskMetric.Kind.OBJECTIVE));
            } else {
                metrics.add(new TaskMetric(
                        "training objective", false, TaskMetric.Kind.OBJECTIVE, 0, MeasuredNet::objective));
                metrics.add(lossAs(TaskMetric.Kind.TRAINING));
            }
            metrics.addAll(own);
            return new Task(
                    data,
                    shape,
                    net,
                    loss,
                    set,
                    examples == null ? set.train() : examples,
                    l2,
                    List.copyOf(metrics),
                    Optional.ofNullable(gallery),
                    Optional.ofNullable(code),
                    Optional.ofNullable(targetScale));
        }

        private static TaskMetric lossAs(TaskMetric.Kind kind) {
            return new TaskMetric("training loss", false, kind, 0, MeasuredNet::loss);
        }
    }
}
