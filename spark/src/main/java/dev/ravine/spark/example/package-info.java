/** A script to copy. */
package dev.ravine.spark.example;
