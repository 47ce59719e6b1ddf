package dev.ravine.nn.layers;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fills each block of columns of a matrix [inputs, gates * hidden] on its own.
 *
 * @param ofGate fills a matrix [inputs, hidden]
 * @param gates the number of blocks
 * @param sizes of a block
 */
record GateBlocks(Initializer ofGate, int gates, Fans sizes) implements Initializer {
    @Override
    public void fill(INDArray parameter, Fans fans, Rng rng) {
        int inputs = (int) sizes.in();
        int hidden = (int) sizes.out();
        Elements all = Elements.of(parameter);
        INDArray block = Arena.create(DType.of(parameter), Shape.of(inputs, hidden));
        Elements own = Elements.of(block);
        for (int gate = 0; gate < gates; gate++) {
            ofGate.fill(block, sizes, rng);
            for (int i = 0; i < own.size(); i++) {
                all.set((i / hidden * gates + gate) * hidden + i % hidden, own.get(i));
            }
        }
    }
}
