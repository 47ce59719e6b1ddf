/**
 * Analyses of optimizers: what textbooks say about them, seen in runs. Each analysis measures, and hands its figures to
 * {@link dev.ravine.cli.report} as a section.
 *
 * <p>This package uses the library, the example data and {@code cli.report}; only {@code cli.command} uses it, through
 * {@link dev.ravine.cli.study.Analysis}.
 */
package dev.ravine.cli.study;
