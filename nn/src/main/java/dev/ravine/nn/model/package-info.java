/**
 * A {@link dev.ravine.nn.model.Model} is a net with all that its predictions need: how data become numbers, how they
 * are scaled, what the outputs are called, and how to make the net again. It is kept in one file, and another program
 * loads it and predicts.
 *
 * @since 0.1.0
 */
package dev.ravine.nn.model;
