/**
 * Scripts to copy: {@link dev.ravine.examples.TrainMnist} trains a net, {@link dev.ravine.examples.CustomLayer} adds a layer and
 * an operation and proves them right. The {@code ravine} command is in {@link dev.ravine.examples.command}, its reports in
 * {@link dev.ravine.examples.report}.
 */
package dev.ravine.examples;
