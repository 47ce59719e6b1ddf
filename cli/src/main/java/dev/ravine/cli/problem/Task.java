package dev.ravine.cli.command;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A net to be trained, what with, and what is measured of it.
 *
 * @param data where they come from
 * @param shape of the net, for people
 * @param net not initialized yet
 * @param loss of its outputs and the data's targets
 * @param set training and test data; the same where there is no test
 * @param l2 weight of L2
 * @param measures what is measured; the first is the training objective
 * @param meter measures the initialized net, in the order of the measures
 * @param gallery pictures of what it has learned, if the data are images
 */
record Task(
        String data,
        String shape,
        Module net,
        Loss loss,
        TrainTest set,
        double l2,
        List<Measure> measures,
        Supplier<Meter> meter,
        Optional<Gallery> gallery) {
    /** What the optimizers are asked to minimise. */
    Measure objective() {
        return measures.get(0);
    }

    /** How good the net is on data that it has not seen, in the figure that counts most. */
    Optional<Measure> test() {
        return measures.stream().filter(m -> m.kind() == Measure.Kind.TEST).findFirst();
    }
}
