package dev.ravine.examples;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.GroupNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.Unflatten;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;

/** A residual block of your own (He et al., CVPR 2016), proven right and trained. */
public final class ResidualBlock extends Module {
    private final Module body;

    ResidualBlock(int channels) {
        var conv = Conv2d.builder(channels, channels, Window.of(3, 3)).same();
        body = child("body", new Sequential(conv.build(), new GroupNorm(2, channels), Activation.relu(), conv.build()));
    }

    @Override
    public Tensor forward(Tensor x) {
        return body.apply(x).add(x).relu();
    }

    /**
     * Trains on digits.
     *
     * @param args the number of steps, 300 without it
     * @throws Exception if the data cannot be read
     */
    public static void main(String[] args) throws Exception {
        ModuleContract.of(() -> new ResidualBlock(2), Shape.of(2, 3, 3, 2)).check();
        TrainTest digits = MnistSubset.load();
        var stem = Conv2d.builder(1, 16, Window.of(4, 4).stride(4)).build();
        var net = new Sequential(
                new Unflatten(28, 28, 1), stem, new ResidualBlock(16), new Flatten(), new Linear(784, 10));
        net.initialize(1);
        try (var optimizer = Adam.builder().build()) {
            Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(args.length > 0 ? Integer.parseInt(args[0]) : 300))
                    .validation(digits.test(), Metric.accuracy())
                    .listener(new ConsoleProgress())
                    .build()
                    .train();
        }
    }
}
