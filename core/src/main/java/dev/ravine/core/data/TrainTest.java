package dev.ravine.core.data;

/**
 * The two parts of a published data set.
 *
 * @param train what a model is trained on
 * @param test what it is judged by
 */
public record TrainTest(DataSet train, DataSet test) {}
