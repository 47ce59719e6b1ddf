/**
 * Comparisons: {@link dev.ravine.cli.compare.ComparisonRunner} trains the net of a problem with one optimizer after another,
 * {@link dev.ravine.cli.compare.Comparison} holds the figures, and {@link dev.ravine.cli.compare.ComparisonReport} makes a page
 * of them. {@code cli.command} uses this package. It uses {@code cli.problem}, {@code cli.report} and the library.
 */
package dev.ravine.cli.compare;
