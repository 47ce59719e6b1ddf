/**
 * Speed and memory, measured beside the matrix products alone and beside other frameworks. {@code benchmarks/run}
 * builds and starts this module; the default build does not know it. It may use everything, and nothing uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.benchmarks;
