/**
 * Speed and memory, measured beside the matrix products alone and beside other frameworks. {@code benchmarks/run}
 * builds and starts this module; the default build does not know it. It may use everything, and nothing uses it.
 */
package dev.ravine.benchmarks;
