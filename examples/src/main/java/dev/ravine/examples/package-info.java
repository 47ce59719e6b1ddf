/**
 * Scripts to copy, each under sixty lines: {@link dev.ravine.examples.TrainMnist} trains a net,
 * {@link dev.ravine.examples.CustomLayer} and {@link dev.ravine.examples.CustomOp} extend the library and prove the
 * extension right. {@link dev.ravine.examples.MnistSubset} brings the data. The scripts may use {@code ravine-optim}
 * and what it needs, and nothing else; {@code cli} uses their data.
 *
 * @since 0.1.0
 */
package dev.ravine.examples;
