package dev.ravine.benchmarks;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.ReductionKernels;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.core.kernels.Vectors;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Single kernels on one thread, in JMH. */
@Command(name = "kernels", mixinStandardHelpOptions = true, description = "Time of single kernels on one thread (JMH).")
public final class KernelBenchmarks implements Callable<Integer> {
    @Option(
            names = "--include",
            paramLabel = "REGEX",
            description = "Only the kernels whose name matches. Default: all.")
    private String include = "";

    @Override
    public Integer call() throws RunnerException {
        new Runner(new OptionsBuilder().include(".*Kernelwise.*" + include).build()).run();
        return 0;
    }

    /** The kernels of a net's hidden layer. */
    @State(Scope.Thread)
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 5, time = 1)
    @Fork(1)
    public static class Kernelwise {
        /** Rows of the layer's values. */
        @Param({"32", "500"})
        public int rows;

        /** Units of the layer. */
        @Param({"500"})
        public int units;

        private INDArray x;
        private INDArray z;
        private Kernel tanh;
        private Kernel sigmoid;
        private Kernel softplus;
        private Kernel exp;
        private Kernel relu;
        private Kernel mul;
        private Kernel addRow;
        private Kernel sumRows;
        private Kernel softmax;
        private Kernel gemm;

        /** Binds the kernels. */
        @Setup
        public void bind() {
            Shape shape = Shape.of(rows, units);
            x = Arena.create(DType.FLOAT32, shape);
            z = Arena.create(DType.FLOAT32, shape);
            Vectors.map(x, x, v -> 0.3);
            INDArray y = Arena.create(DType.FLOAT32, shape);
            INDArray row = Arena.create(DType.FLOAT32, Shape.of(1, units));
            INDArray square = Arena.create(DType.FLOAT32, Shape.of(units, units));
            tanh = UnaryKernels.tanh(x, y);
            sigmoid = UnaryKernels.sigmoid(x, y);
            softplus = UnaryKernels.softplus(x, y);
            exp = UnaryKernels.exp(x, y);
            relu = UnaryKernels.relu(x, y);
            mul = BinaryKernels.mul(x, z, y);
            addRow = BinaryKernels.add(x, row, y);
            sumRows = ReductionKernels.sum(x, new int[] {0}, row);
            softmax = ReductionKernels.softmax(x, new int[] {1}, y);
            gemm = MatrixKernels.gemm(x, false, square, false, y, 0);
        }

        /** y = tanh x. */
        @Benchmark
        public void tanh() {
            tanh.run();
        }

        /** y = the logistic function of x. */
        @Benchmark
        public void sigmoid() {
            sigmoid.run();
        }

        /** y = ln(1 + e^x). */
        @Benchmark
        public void softplus() {
            softplus.run();
        }

        /** y = e^x. */
        @Benchmark
        public void exp() {
            exp.run();
        }

        /** y = max(x, 0). */
        @Benchmark
        public void relu() {
            relu.run();
        }

        /** y = x z. */
        @Benchmark
        public void mul() {
            mul.run();
        }

        /** y = x + a row. */
        @Benchmark
        public void addRow() {
            addRow.run();
        }

        /** The sum over rows. */
        @Benchmark
        public void sumRows() {
            sumRows.run();
        }

        /** Softmax of each row. */
        @Benchmark
        public void softmax() {
            softmax.run();
        }

        /** The matrix product with [units, units]. */
        @Benchmark
        public void gemm() {
            gemm.run();
        }

        /** The dot product of two vectors.
         *
         * @return the sum
         */
        @Benchmark
        public double dot() {
            return Vectors.dot(x, z);
        }
    }
}
