/** Speed and memory, measured against the floor of the matrix products and against what users would pick instead. */
package dev.ravine.benchmarks;
