/**
 * The curvature of a net: {@link dev.ravine.cli.spectrum.SpectrumAnalysis} finds eigenvalues, trace, diagonal and density of its
 * matrices, and {@link dev.ravine.cli.spectrum.SpectrumReport} makes a page of them. {@code cli.command} uses this package. It
 * uses {@code cli.report} and the library.
 */
package dev.ravine.cli.spectrum;
