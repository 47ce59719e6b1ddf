/**
 * The {@code ravine} command, and scripts to copy: {@link dev.ravine.examples.TrainMnist} trains a net,
 * {@link dev.ravine.examples.CustomLayer} adds a layer and an operation and proves them right.
 */
package dev.ravine.examples;
