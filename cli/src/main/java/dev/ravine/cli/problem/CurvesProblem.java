package dev.ravine.cli.problem;

import dev.ravine.core.data.Curves;
import dev.ravine.core.data.TrainTest;
import dev.ravine.optim.training.Budget;
import java.util.List;

/**
 * A deep autoencoder of drawn curves, which six numbers describe: the widths of Hinton and Salakhutdinov (Science 313,
 * 2006), 20,000 images to train and 10,000 to test, drawn here.
 */
public final class CurvesProblem extends BuiltInProblem {
    private static final int TRAIN = 20_000;
    private static final int TEST = 10_000;
    private static final int SIDE = 28;

    /** For {@link java.util.ServiceLoader}. */
    public CurvesProblem() {
        super(
                "curves",
                new Defaults(
                        List.of(400, 200, 100, 50, 25, 6),
                        0,
                        Budget.seconds(200),
                        List.of(
                                "adam:lr=1e-3,batch=200",
                                "nesterov:lr=0.01,mu=0.99,schedule=on,batch=200",
                                "hf-kfac",
                                "kfac")));
    }

    @Override
    public Task task(Choices choices) {
        choices.requireNoLength(this);
        choices.requireNoText(this);
        choices.requireNoCondition(this);
        choices.requireNoNet(this);
        Choices.require(
                choices.data() == null && choices.target() == null,
                "curves draws its own images: --data and --target are for the other problems");
        TrainTest set = new TrainTest(Curves.autoencoding(TRAIN, SIDE, 1), Curves.autoencoding(TEST, SIDE, 2));
        return ImageAutoencoder.task("drawn curves", set, choices);
    }
}
