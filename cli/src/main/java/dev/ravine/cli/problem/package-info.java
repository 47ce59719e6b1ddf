/**
 * Problems on which optimizers are compared, each with its net, data and metrics:
 * {@link dev.ravine.cli.problem.Problem} is the interface that your own jar implements. This package may use the
 * library, the images of {@code examples}, and {@code cli.report}. {@code cli.compare} and {@code cli.command} use it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.problem;
