/**
 * Scripts to copy, each under sixty lines: {@link dev.ravine.examples.TrainMnist} trains a net,
 * {@link dev.ravine.examples.CustomLayer} and {@link dev.ravine.examples.CustomOp} extend the library and prove the extension
 * right. They need {@code ravine-optim} and nothing else; {@link dev.ravine.examples.MnistSubset} brings the data.
 */
package dev.ravine.examples;
