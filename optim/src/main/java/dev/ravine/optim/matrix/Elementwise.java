package dev.ravine.optim.matrix;

import dev.ravine.core.Elements;
import dev.ravine.optim.firstorder.UpdateRule;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs rules for single elements over arrays, chunk by chunk in double precision. */
final class Elementwise {
    private static final int CHUNK = 512;

    private Elementwise() {}

    /**
     * Runs a rule.
     *
     * @param rule any
     * @param theta read
     * @param gradient overwritten with what the rule makes of it
     * @param state changed in place
     */
    static void run(UpdateRule rule, INDArray theta, INDArray gradient, INDArray... state) {
        Elements point = Elements.of(theta);
        Elements slope = Elements.of(gradient);
        Elements[] kept = new Elements[state.length];
        for (int k = 0; k < kept.length; k++) {
            kept[k] = Elements.of(state[k]);
        }
        double[] points = new double[CHUNK];
        double[] slopes = new double[CHUNK];
        double[][] chunks = new double[kept.length][CHUNK];
        for (int at = 0; at < slope.size(); at += CHUNK) {
            int count = Math.min(CHUNK, slope.size() - at);
            point.read(at, count, points);
            slope.read(at, count, slopes);
            for (int k = 0; k < kept.length; k++) {
                kept[k].read(at, count, chunks[k]);
            }
            rule.apply(count, points, slopes, chunks);
            slope.write(at, count, slopes);
            for (int k = 0; k < kept.length; k++) {
                kept[k].write(at, count, chunks[k]);
            }
        }
    }
}
