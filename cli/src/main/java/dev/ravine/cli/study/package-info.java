/** Analyses of optimizers: what textbooks say of them, seen in runs. Each is an {@link dev.ravine.cli.study.Analysis}. */
package dev.ravine.cli.study;
