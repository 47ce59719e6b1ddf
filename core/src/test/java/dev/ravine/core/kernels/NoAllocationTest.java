package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.Canvas;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A bound kernel runs without making an array: ND4J numbers its arrays, and the numbers show none in between. */
class NoAllocationTest {
    @TestFactory
    Stream<DynamicTest> kernelsMakeNoArraysWhenTheyRun() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> kernels(dtype).entrySet().stream()
                        .map(entry -> DynamicTest.dynamicTest(
                                entry.getKey() + " " + dtype, () -> assertMakesNoArray(entry.getValue()))));
    }

    private static void assertMakesNoArray(Kernel kernel) {
        kernel.run();
        long before = Nd4j.create(DataType.FLOAT, 1).getId();
        kernel.run();
        kernel.run();
        long after = Nd4j.create(DataType.FLOAT, 1).getId();
        assertThat(after - before - 1).as("arrays made by two runs").isZero();
        kernel.close();
    }

    private static Map<String, Kernel> kernels(DType dtype) {
        Rng rng = new Rng(1);
        Canvas canvas = new Canvas(dtype, false);
        INDArray x = canvas.random(Shape.of(3, 4), rng, 0.5, 1);
        INDArray z = canvas.random(Shape.of(3, 4), rng, 0.5, 1);
        INDArray y = canvas.result(Shape.of(3, 4));
        INDArray row = canvas.random(Shape.of(4), rng, 0.5, 1);
        INDArray scalar = canvas.random(Shape.of(), rng, 0.5, 1);
        INDArray square = canvas.random(Shape.of(4, 4), rng, 0.5, 1);
        INDArray cube = canvas.random(Shape.of(2, 3, 4), rng, 0.5, 1);
        INDArray cubeOut = canvas.result(Shape.of(2, 3, 4));
        INDArray rows = Arena.ofIntegers(2, 0, 1);
        int[] first = {0};
        int[] last = {1};
        int[] apart = {0, 2};
        Map<String, Kernel> all = new LinkedHashMap<>();
        all.put("neg", Kernels.neg(x, y));
        all.put("exp", Kernels.exp(x, y));
        all.put("expm1", Kernels.expm1(x, y));
        all.put("log", Kernels.log(x, y));
        all.put("sqrt", Kernels.sqrt(x, y));
        all.put("square", Kernels.square(x, y));
        all.put("reciprocal", Kernels.reciprocal(x, y));
        all.put("abs", Kernels.abs(x, y));
        all.put("sign", Kernels.sign(x, y));
        all.put("step", Kernels.step(x, y));
        all.put("tanh", Kernels.tanh(x, y));
        all.put("sigmoid", Kernels.sigmoid(x, y));
        all.put("relu", Kernels.relu(x, y));
        all.put("softplus", Kernels.softplus(x, y));
        all.put("erf", Kernels.erf(x, y));
        all.put("sin", Kernels.sin(x, y));
        all.put("cos", Kernels.cos(x, y));
        all.put("addScalar", Kernels.addScalar(x, 2, y));
        all.put("scale", Kernels.scale(x, 2, y));
        all.put("pow of a constant", Kernels.pow(x, 2, y));
        all.put("clip", Kernels.clip(x, 0, 1, y));
        all.put("map", Kernels.map(x, y, Math::cbrt));
        all.put("add", Kernels.add(x, z, y));
        all.put("add a row", Kernels.add(x, row, y));
        all.put("sub a scalar", Kernels.sub(x, scalar, y));
        all.put("mul", Kernels.mul(x, row, y));
        all.put("div", Kernels.div(scalar, x, y));
        all.put("max of two", Kernels.max(x, z, y));
        all.put("min", Kernels.min(x, z, y));
        all.put("pow", Kernels.pow(x, z, y));
        all.put("greater", Kernels.greater(x, z, y));
        all.put("equal", Kernels.equal(x, z, y));
        all.put("where", Kernels.where(x, x, z, y));
        all.put("gemm", Kernels.gemm(x, false, square, true, y, 1));
        all.put(
                "gemm of nothing",
                Kernels.gemm(
                        Arena.create(dtype, Shape.of(3, 0)), false, Arena.create(dtype, Shape.of(0, 4)), false, y, 0));
        all.put("batchedGemm", Kernels.batchedGemm(cube, false, square, false, cubeOut));
        all.put("sum", Kernels.sum(x, last, canvas.result(Shape.of(3))));
        all.put("sum over columns", Kernels.sum(x, first, canvas.result(Shape.of(4))));
        all.put("sum over axes apart", Kernels.sum(cube, apart, canvas.result(Shape.of(3))));
        all.put("max", Kernels.max(x, last, canvas.result(Shape.of(3))));
        all.put("max over axes apart", Kernels.max(cube, apart, canvas.result(Shape.of(3))));
        all.put("logSumExp", Kernels.logSumExp(x, last, canvas.result(Shape.of(3))));
        all.put("logSumExp over axes apart", Kernels.logSumExp(cube, apart, canvas.result(Shape.of(3))));
        all.put("softmax", Kernels.softmax(x, last, y));
        all.put("softmax over axes apart", Kernels.softmax(cube, apart, cubeOut));
        all.put("fill", Kernels.fill(y, 1));
        all.put("copy", Kernels.copy(x, y));
        all.put("broadcast", Kernels.broadcast(row, y));
        all.put("permute", Kernels.permute(x, new int[] {1, 0}, canvas.result(Shape.of(4, 3))));
        all.put("slice", Kernels.slice(x, new long[] {1, 1}, canvas.result(Shape.of(2, 2))));
        all.put("pad", Kernels.pad(row, new long[] {1}, canvas.result(Shape.of(6))));
        all.put("concat", Kernels.concat(List.of(x, z), 1, canvas.result(Shape.of(3, 8))));
        all.put("gatherRows", Kernels.gatherRows(x, rows, y));
        all.put("scatterAddRows", Kernels.scatterAddRows(x, rows, y));
        all.put("oneHot", Kernels.oneHot(rows, y));
        return all;
    }
}
