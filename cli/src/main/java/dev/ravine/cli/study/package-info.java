/**
 * What textbooks say about optimizers, measured: each analysis is one class that runs optimizers and returns its
 * figures as an {@link dev.ravine.cli.study.Answer}, and {@link dev.ravine.cli.study.Analysis} lists them. This package
 * may use the library, the data of {@code examples}, and {@code cli.report}. Only {@code cli.command} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.study;
