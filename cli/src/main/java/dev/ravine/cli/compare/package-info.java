/**
 * Comparisons: {@link dev.ravine.cli.compare.ComparisonRunner} trains the net of a problem with one optimizer after
 * another, {@link dev.ravine.cli.compare.Comparison} holds the figures, and
 * {@link dev.ravine.cli.compare.ComparisonReport} makes a page of them. This package may use {@code cli.problem},
 * {@code cli.report} and the library. Only {@code cli.command} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.compare;
