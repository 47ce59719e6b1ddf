/**
 * Examples on a cluster: read from data frames, parts or the driver's memory, numbered, and cut into blocks that Spark
 * keeps. {@link dev.ravine.spark.data.SparkData} is the entrance. Nothing here knows of objectives, so that the rooms
 * beside it may use all of it.
 *
 * @since 0.1.0
 */
package dev.ravine.spark.data;
