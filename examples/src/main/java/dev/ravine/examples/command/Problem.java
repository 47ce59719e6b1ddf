package dev.ravine.examples.command;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Activation;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Linear;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.Sequential;
import dev.ravine.optim.Scope;
import dev.ravine.optim.SupervisedObjective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A task to compare optimizers on: a net of chosen widths, a loss, and what to measure. */
enum Problem {
    /** Digits or clothes into ten classes, by tanh layers and softmax cross-entropy. */
    CLASSIFY {
        @Override
        List<Integer> hidden() {
            return List.of(32, 16);
        }

        @Override
        double l2() {
            return 5e-4;
        }

        @Override
        double seconds() {
            return 20;
        }

        @Override
        List<String> optimizers() {
            return List.of("momentum:lr=0.03,mu=0.9", "adam:lr=3e-4", "hf:lambda=10");
        }

        @Override
        TrainTest data(TrainTest images) {
            return images;
        }

        @Override
        List<Integer> widths(TrainTest images, List<Integer> hidden) {
            List<Integer> widths = new ArrayList<>(hidden);
            widths.add(0, (int) images.train().featureShape().count());
            widths.add(images.train().classes());
            return widths;
        }

        @Override
        Module net(List<Integer> widths) {
            List<Module> layers = new ArrayList<>();
            for (int i = 0; i + 1 < widths.size(); i++) {
                if (i > 0) {
                    layers.add(Activation.tanh());
                }
                layers.add(new Linear(widths.get(i), widths.get(i + 1)));
            }
            return new Sequential(layers.toArray(new Module[0]));
        }

        @Override
        Loss loss() {
            return Loss.softmaxCrossEntropy();
        }

        @Override
        Meter meter(Module net, TrainTest set) {
            SupervisedObjective training = SupervisedObjective.of(net, loss(), set.train());
            Predictor predictor = new Predictor(net);
            return new Meter(
                    () -> {
                        Map<String, Double> figures = new LinkedHashMap<>();
                        figures.put("training loss", training.value(training.theta(), Scope.all()));
                        figures.put("training acc. %", 100 * predictor.accuracy(set.train()));
                        figures.put("test acc. %", 100 * predictor.accuracy(set.test()));
                        return figures;
                    },
                    training,
                    predictor);
        }
    },

    /**
     * Images through a narrow code and back: logistic layers, a linear code in the middle, logistic outputs with
     * cross-entropy summed over pixels, a sparse start (Martens, ICML 2010). Measured is the mean over images of the sum of
     * squared pixel errors.
     */
    AUTOENCODE {
        @Override
        List<Integer> hidden() {
            return List.of(250, 100, 30);
        }

        @Override
        double l2() {
            return 0;
        }

        @Override
        double seconds() {
            return 200;
        }

        @Override
        List<String> optimizers() {
            return List.of(
                    "sgd:lr=0.03,batch=200",
                    "adam:lr=3e-3,batch=200",
                    "nesterov:lr=0.02,mu=0.99,schedule=on,batch=200",
                    "hf:lambda=0.1,data=1000,chunk=500,growth=1.06,iterations=30",
                    "lbfgs:memory=50");
        }

        @Override
        TrainTest data(TrainTest images) {
            return new TrainTest(
                    DataSet.autoencoding(images.train().features()),
                    DataSet.autoencoding(images.test().features()));
        }

        /** The hidden widths lead to the code; the way back mirrors them. */
        @Override
        List<Integer> widths(TrainTest images, List<Integer> hidden) {
            List<Integer> widths = new ArrayList<>(hidden);
            widths.add(0, (int) images.train().featureShape().count());
            for (int i = widths.size() - 2; i >= 0; i--) {
                widths.add(widths.get(i));
            }
            return widths;
        }

        @Override
        Module net(List<Integer> widths) {
            int code = widths.size() / 2;
            List<Module> layers = new ArrayList<>();
            for (int i = 0; i + 1 < widths.size(); i++) {
                layers.add(new Linear(widths.get(i), widths.get(i + 1), Initializer.sparse(15)));
                boolean isCode = i + 1 == code;
                boolean isOutput = i + 2 == widths.size(); // its logistic function is within the loss
                if (!isCode && !isOutput) {
                    layers.add(Activation.sigmoid());
                }
            }
            return new Sequential(layers.toArray(new Module[0]));
        }

        @Override
        Loss loss() {
            return new Loss.BinaryCrossEntropy(Reduction.SUM);
        }

        @Override
        Meter meter(Module net, TrainTest set) {
            SupervisedObjective training = SupervisedObjective.of(net, loss(), set.train());
            SupervisedObjective error = SupervisedObjective.of(net, new ReconstructionError(), set.train());
            SupervisedObjective test = SupervisedObjective.of(net, new ReconstructionError(), set.test());
            return new Meter(
                    () -> {
                        Map<String, Double> figures = new LinkedHashMap<>();
                        figures.put("training loss", training.value(training.theta(), Scope.all()));
                        figures.put("training error", error.value(error.theta(), Scope.all()));
                        figures.put("test error", test.value(test.theta(), Scope.all()));
                        return figures;
                    },
                    training,
                    error,
                    test);
        }
    };

    /** Sum of squared differences between pixels and the logistic function of the outputs. */
    private record ReconstructionError() implements Loss {
        @Override
        public Tensor perExample(Tensor outputs, Tensor targets) {
            return new Loss.SquaredError(Reduction.SUM).perExample(outputs.sigmoid(), targets);
        }

        @Override
        public boolean hasNaturalOutputs() {
            return false;
        }
    }

    /** The data as this problem sees them. */
    abstract TrainTest data(TrainTest images);

    /** From inputs to outputs. */
    abstract List<Integer> widths(TrainTest images, List<Integer> chosen);

    abstract Module net(List<Integer> widths);

    abstract Loss loss();

    /** Measures a net; the first figure is the loss without L2. */
    abstract Meter meter(Module net, TrainTest set);

    /** Widths of the hidden layers unless others are chosen. */
    abstract List<Integer> hidden();

    /** The weight of L2 unless another is chosen. */
    abstract double l2();

    /** Training time of each optimizer unless another is chosen. */
    abstract double seconds();

    /** Which optimizers unless others are chosen. */
    abstract List<String> optimizers();

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
