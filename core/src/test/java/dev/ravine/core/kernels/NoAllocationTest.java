package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.Canvas;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
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
        all.put("neg", UnaryKernels.neg(x, y));
        all.put("exp", UnaryKernels.exp(x, y));
        all.put("expm1", UnaryKernels.expm1(x, y));
        all.put("log", UnaryKernels.log(x, y));
        all.put("sqrt", UnaryKernels.sqrt(x, y));
        all.put("square", UnaryKernels.square(x, y));
        all.put("reciprocal", UnaryKernels.reciprocal(x, y));
        all.put("abs", UnaryKernels.abs(x, y));
        all.put("sign", UnaryKernels.sign(x, y));
        all.put("step", UnaryKernels.step(x, y));
        all.put("tanh", UnaryKernels.tanh(x, y));
        all.put("sigmoid", UnaryKernels.sigmoid(x, y));
        all.put("relu", UnaryKernels.relu(x, y));
        all.put("elu", UnaryKernels.elu(x, 1, y));
        all.put("negativeExp", UnaryKernels.negativeExp(x, y));
        all.put("logisticSlope", UnaryKernels.logisticSlope(x, y));
        all.put("huber", UnaryKernels.huber(x, 1, y));
        all.put("divideBy", UnaryKernels.divideBy(x, 3, y));
        all.put("softplus", UnaryKernels.softplus(x, y));
        all.put("erf", UnaryKernels.erf(x, y));
        all.put("normalDistribution", UnaryKernels.normalDistribution(x, y));
        all.put("sin", UnaryKernels.sin(x, y));
        all.put("cos", UnaryKernels.cos(x, y));
        all.put("addScalar", UnaryKernels.addScalar(x, 2, y));
        all.put("scale", UnaryKernels.scale(x, 2, y));
        all.put("pow of a constant", UnaryKernels.pow(x, 2, y));
        all.put("clip", UnaryKernels.clip(x, 0, 1, y));
        all.put("map", UnaryKernels.map(x, y, Math::cbrt));
        all.put("add", BinaryKernels.add(x, z, y));
        all.put("add a row", BinaryKernels.add(x, row, y));
        all.put("sub a scalar", BinaryKernels.sub(x, scalar, y));
        all.put("mul", BinaryKernels.mul(x, row, y));
        all.put("div", BinaryKernels.div(scalar, x, y));
        all.put("max of two", BinaryKernels.max(x, z, y));
        all.put("min", BinaryKernels.min(x, z, y));
        all.put("pow", BinaryKernels.pow(x, z, y));
        all.put("powTimesLog", BinaryKernels.powTimesLog(x, z, 2, y));
        all.put("mulUnlessZero", BinaryKernels.mulUnlessZero(x, z, y));
        all.put("logisticCrossEntropy", BinaryKernels.logisticCrossEntropy(x, z, y));
        all.put("logisticError", BinaryKernels.logisticError(x, z, y));
        all.put("greater", BinaryKernels.greater(x, z, y));
        all.put("equal", BinaryKernels.equal(x, z, y));
        all.put("where", BinaryKernels.where(x, x, z, y));
        all.put("gemm", MatrixKernels.gemm(x, false, square, true, y, 1));
        all.put(
                "gemm of nothing",
                MatrixKernels.gemm(
                        Arena.create(dtype, Shape.of(3, 0)), false, Arena.create(dtype, Shape.of(0, 4)), false, y, 0));
        all.put("batchedGemm", MatrixKernels.batchedGemm(cube, false, square, false, cubeOut, 0));
        all.put("sum", ReductionKernels.sum(x, last, canvas.result(Shape.of(3))));
        all.put("sum over columns", ReductionKernels.sum(x, first, canvas.result(Shape.of(4))));
        all.put("sum over axes apart", ReductionKernels.sum(cube, apart, canvas.result(Shape.of(3))));
        all.put("max", ReductionKernels.max(x, last, canvas.result(Shape.of(3))));
        all.put("max over axes apart", ReductionKernels.max(cube, apart, canvas.result(Shape.of(3))));
        all.put("logSumExp", ReductionKernels.logSumExp(x, last, canvas.result(Shape.of(3))));
        all.put("logSumExp over axes apart", ReductionKernels.logSumExp(cube, apart, canvas.result(Shape.of(3))));
        all.put("softmax", ReductionKernels.softmax(x, last, y));
        all.put("softmax over axes apart", ReductionKernels.softmax(cube, apart, cubeOut));
        all.put("logSoftmax", SoftmaxKernels.logSoftmax(x, last, y));
        all.put("crossEntropy", SoftmaxKernels.crossEntropy(x, z, canvas.result(Shape.of(3))));
        all.put("crossEntropyOfLabels", SoftmaxKernels.crossEntropyOfLabels(x, rows, canvas.result(Shape.of(3))));
        all.put("centered", SoftmaxKernels.centered(x, z, last, y));
        all.put("deflated over axes apart", SoftmaxKernels.deflated(cube, cube, apart, cubeOut));
        all.put("standardize", StandardizeKernels.standardize(x, 0.1, y));
        all.put("deviation", StandardizeKernels.deviation(x, 0.1, canvas.result(Shape.of(3))));
        all.put("fill", LayoutKernels.fill(y, 1));
        all.put("copy", LayoutKernels.copy(x, y));
        all.put("broadcast", LayoutKernels.broadcast(row, y));
        all.put("permute", LayoutKernels.permute(x, new int[] {1, 0}, canvas.result(Shape.of(4, 3))));
        all.put("slice", LayoutKernels.slice(x, new long[] {1, 1}, canvas.result(Shape.of(2, 2))));
        all.put("pad", LayoutKernels.pad(row, new long[] {1}, canvas.result(Shape.of(6))));
        all.put("concat", LayoutKernels.concat(List.of(x, z), 1, canvas.result(Shape.of(3, 8))));
        all.put("gatherRows", IndexKernels.gatherRows(x, rows, y));
        all.put("scatterAddRows", IndexKernels.scatterAddRows(x, rows, y));
        all.put("oneHot", IndexKernels.oneHot(rows, y));
        INDArray places = Arena.ofIntegers(2, 0, 1, 3, 1, 0).reshape(3, 2);
        all.put("gatherAlong", AlongAxisKernels.gather(x, places, 1, canvas.result(Shape.of(3, 2))));
        all.put("scatterAddAlong", AlongAxisKernels.scatterAdd(canvas.random(Shape.of(3, 2), rng, 0, 1), places, 1, y));
        all.put("every", LayoutKernels.every(x, 1, 0, 2, canvas.result(Shape.of(3, 2))));
        all.put("spread", LayoutKernels.spread(row, 0, 1, 2, canvas.result(Shape.of(9))));
        all.put("cumulativeSum", ScanKernels.cumulativeSum(x, 0, false, y));
        all.put("cast", UnaryKernels.cast(x, y));
        all.put("log1p", UnaryKernels.log1p(x, y));
        convolutions(all, canvas, rng);
        return all;
    }

    private static void convolutions(Map<String, Kernel> all, Canvas canvas, Rng rng) {
        Window window = Window.of(2, 3).stride(1, 2).padding(1, 0, 1, 1);
        INDArray images = canvas.random(Shape.of(2, 4, 5, 4), rng, 0.5, 1);
        Shape out = window.outputs("test", Shape.of(images), 4);
        INDArray outputs = canvas.random(out, rng, 0.5, 1);
        for (int groups : new int[] {1, 2, 4}) {
            INDArray weights = canvas.random(Shape.of(2, 3, 4 / groups, 4), rng, 0.5, 1);
            String name = " of " + groups + " groups";
            all.put(
                    "outputs" + name,
                    ConvolutionKernels.outputs(images, weights, window, groups, 1, canvas.result(out)));
            all.put(
                    "images" + name,
                    ConvolutionKernels.images(outputs, weights, window, groups, 0, canvas.result(Shape.of(images))));
            all.put(
                    "weights" + name,
                    ConvolutionKernels.weights(images, outputs, window, groups, 1, canvas.result(Shape.of(weights))));
        }
        INDArray patches = canvas.random(window.outputs("test", Shape.of(images), 24), rng, 0.5, 1);
        all.put("unfold", ConvolutionKernels.unfold(images, window, patches));
        all.put("fold", ConvolutionKernels.fold(patches, window, canvas.result(Shape.of(images))));
        all.put("argmax", PoolingKernels.argmax(images, window, Arena.create(DType.INT64, out)));
    }
}
