package dev.ravine.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command behind {@code benchmarks/run}. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Speed and memory of Ravine against the floor of the matrix products and against peers.",
        subcommands = {
            Derivatives.class,
            Training.class,
            Scaling.class,
            Memory.class,
            Shares.class,
            KernelBenchmarks.class,
            Soak.class
        })
final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs a benchmark.
     *
     * @param args see --help
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }
}
