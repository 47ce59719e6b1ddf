package dev.ravine.cli.problem;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.util.List;

/** A deep autoencoder of images: of the digits included, or of those in a folder. */
public final class AutoencodeProblem extends BuiltInProblem {
    private static final String ADAM = "adam:lr=3e-3,batch=200";
    private static final String NESTEROV = "nesterov:lr=0.02,mu=0.99,schedule=on,batch=200";
    private static final String GROWING_EXAMPLES =
            "data=1000,chunk=500,loss=2000,growth=1.07,first-iterations=30,iteration-growth=1.4,exponent=1";

    private static final String KFAC = "kfac";

    /** For {@link java.util.ServiceLoader}. */
    public AutoencodeProblem() {
        this(Budget.seconds(200), "sgd:lr=0.03,batch=200", ADAM, NESTEROV, "hf:lambda=0.1," + GROWING_EXAMPLES, KFAC);
    }

    private AutoencodeProblem(Budget budget, String... optimizers) {
        super("autoencode", new Defaults(List.of(250, 100, 30), 0, budget, List.of(optimizers)));
    }

    /** {@return the same problem for a minute: 15 seconds for each of four optimizers} */
    public static Problem brief() {
        return new AutoencodeProblem(Budget.seconds(15), ADAM, NESTEROV, "hf:lambda=10," + GROWING_EXAMPLES, KFAC);
    }

    @Override
    public Task task(Choices choices) throws IOException {
        choices.requireNoLength(this);
        choices.requireNoText(this);
        choices.requireNoCondition(this);
        choices.requireNoNet(this);
        Choices.require(
                ImageData.isMeant(choices),
                "autoencode takes images: --data must be a folder of IDX files, found " + choices.data());
        ImageData images = ImageData.of(choices);
        TrainTest set = new TrainTest(
                DataSet.autoencoding(images.set().train().features()),
                DataSet.autoencoding(images.set().test().features()));
        return ImageAutoencoder.task(images.name(), set, choices);
    }
}
