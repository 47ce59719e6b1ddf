package dev.ravine.benchmarks;

import java.util.Set;

/** Something that computes quantities of one net: Ravine, a peer, or the bare matrix products. */
interface Subject extends AutoCloseable {
    /** What it can compute. */
    Set<Quantity> quantities();

    /**
     * Computes a quantity once; this is what is timed.
     *
     * @param quantity one of {@link #quantities()}
     */
    void run(Quantity quantity);

    /**
     * The numbers of the last run, in the order of {@link Net#parameters()}; empty if it computes none that mean
     * anything.
     */
    float[] result(Quantity quantity);

    @Override
    void close();

    /** A subject in this process. */
    static Subject open(String kind, Net net) {
        return switch (kind) {
            case "ravine" -> new RavineSubject(net);
            case "floor" -> FloorSubject.split(net);
            case "floor-blas-threads" -> FloorSubject.whole(net);
            case "pytorch" -> new PyTorchSubject(net);
            case "samediff" -> new SameDiffSubject(net);
            case "ravine-training" -> new RavineTraining(net);
            case "pytorch-training" -> new PyTorchTraining(net);
            case "dl4j-training" -> new Dl4jTraining(net);
            default -> throw new IllegalArgumentException("no subject '" + kind + "'");
        };
    }
}
