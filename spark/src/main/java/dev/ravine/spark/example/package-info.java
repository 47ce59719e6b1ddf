/**
 * A script to copy.
 *
 * @since 0.1.0
 */
package dev.ravine.spark.example;
