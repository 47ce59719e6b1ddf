package dev.ravine.nn.model;

import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.nn.words.NetBuilder;

/**
 * How to make a net again.
 *
 * @param words its hidden layers, as {@link NetBuilder} reads them
 * @param outputs of the last layer
 */
record NetWords(String words, int outputs) {
    /** A net that is not initialized yet, for examples of a shape. */
    Module build(Shape example) {
        return new NetBuilder(example, 0).build(words, outputs, false);
    }
}
