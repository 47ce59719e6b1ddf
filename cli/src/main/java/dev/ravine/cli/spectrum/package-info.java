/**
 * The curvature of a net: {@link dev.ravine.cli.spectrum.SpectrumAnalysis} finds eigenvalues, trace, diagonal and
 * density of its matrices, and {@link dev.ravine.cli.spectrum.SpectrumReport} makes a page of them. This package may
 * use {@code cli.report} and the library. Only {@code cli.command} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.spectrum;
