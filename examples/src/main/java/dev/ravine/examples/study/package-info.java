/** Analyses of optimizers: what textbooks say of them, seen in runs. Each is an {@link dev.ravine.examples.study.Analysis}. */
package dev.ravine.examples.study;
