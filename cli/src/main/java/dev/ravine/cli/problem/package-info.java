/**
 * Problems to compare optimizers on, each with its net, data and metrics: {@link dev.ravine.cli.problem.Problem} is the interface
 * that a jar of yours implements. {@code cli.compare} and {@code cli.command} use this package. It uses the library, the
 * images of {@code examples} and the pictures and numbers of {@code cli.report}, and no other part of the command.
 */
package dev.ravine.cli.problem;
