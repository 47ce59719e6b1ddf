/**
 * Objectives whose examples live on an Apache Spark cluster, with the numbers of one machine. {@link
 * dev.ravine.spark.SparkObjective} is the entrance; its examples come from {@link dev.ravine.spark.data}.
 *
 * @since 0.1.0
 */
package dev.ravine.spark;
