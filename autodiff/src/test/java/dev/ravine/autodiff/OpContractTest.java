package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation passes the contract, at ordinary shapes, with axes of size one and with empty axes. */
class OpContractTest {
    private record Case(String name, Function<List<Tensor>, Tensor> operation, DerivativeContract contract) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Cases {
        private final List<Case> all = new ArrayList<>();

        void add(String name, Function<List<Tensor>, Tensor> f, UnaryOperator<DerivativeContract> settings) {
            all.add(new Case(name, f, settings.apply(DerivativeContract.of(name, f))));
        }

        /** An elementwise function at four shapes, compared with its formula in Java. */
        void unary(String name, UnaryOperator<Tensor> f, DoubleUnaryOperator reference, double low, double high) {
            for (Shape shape : List.of(Shape.of(), Shape.of(1), Shape.of(3, 4), Shape.of(2, 0, 3), Shape.of(2, 1, 3))) {
                add(
                        name + " " + shape,
                        in -> f.apply(in.get(0)),
                        c -> c.between(low, high)
                                .input(shape)
                                .expecting(in ->
                                        Arrays.stream(in[0]).map(reference).toArray()));
            }
        }

        /** A function of two tensors at all kinds of broadcasting. */
        void binary(String name, Function<List<Tensor>, Tensor> f, double low, double high) {
            long[][][] shapes = {
                {{3, 4}, {3, 4}},
                {{3, 4}, {4}},
                {{4}, {3, 4}},
                {{3, 1}, {1, 4}},
                {{2, 3, 4}, {3, 1}},
                {{}, {2, 2}},
                {{2, 2}, {}},
                {{}, {}},
                {{1}, {5}},
                {{0, 3}, {3}},
                {{2, 1}, {1, 0}},
                {{1, 1}, {1, 1}},
            };
            for (long[][] pair : shapes) {
                Shape a = Shape.of(pair[0]);
                Shape b = Shape.of(pair[1]);
                add(
                        name + " " + a + " " + b,
                        f,
                        c -> c.between(low, high).input(a).input(b));
            }
        }
    }

    static Stream<Case> cases() {
        Cases c = new Cases();
        c.unary("neg", Tensor::neg, x -> -x, -2, 2);
        c.unary("addScalar", x -> x.add(1.5), x -> x + 1.5, -2, 2);
        c.unary("subScalar", x -> x.sub(1.5), x -> x - 1.5, -2, 2);
        c.unary("scale", x -> x.mul(-2.5), x -> -2.5 * x, -2, 2);
        c.unary("divScalar", x -> x.div(49), x -> x / 49, -2, 2);
        c.unary("exp", Tensor::exp, Math::exp, -2, 2);
        c.unary("expm1", Tensor::expm1, Math::expm1, -2, 2);
        c.unary("log", Tensor::log, Math::log, 0.3, 3);
        c.unary("log1p", Tensor::log1p, Math::log1p, -0.7, 3);
        c.unary("subtractedFrom", x -> x.subtractedFrom(1), x -> 1 - x, -2, 2);
        c.unary("sqrt", Tensor::sqrt, Math::sqrt, 0.3, 3);
        c.unary("square", Tensor::square, x -> x * x, -2, 2);
        c.unary("reciprocal", Tensor::reciprocal, x -> 1 / x, 0.5, 3);
        c.unary("pow 3", x -> x.pow(3), x -> x * x * x, -2, 2);
        c.unary("pow 2", x -> x.pow(2), x -> x * x, -2, 2);
        c.unary("pow 1", x -> x.pow(1), x -> x, -2, 2);
        c.unary("pow 0", x -> x.pow(0), x -> 1, -2, 2);
        c.unary("pow -1.7", x -> x.pow(-1.7), x -> Math.pow(x, -1.7), 0.5, 3);
        c.unary("abs positive", Tensor::abs, Math::abs, 0.1, 2);
        c.unary("abs negative", Tensor::abs, Math::abs, -2, -0.1);
        c.unary("clip inside", x -> x.clip(-3, 3), x -> x, -2, 2);
        c.unary("clip outside", x -> x.clip(-3, 0.5), x -> 0.5, 1, 2);
        c.unary("sin", Tensor::sin, Math::sin, -2, 2);
        c.unary("cos", Tensor::cos, Math::cos, -2, 2);
        c.unary("atan", Tensor::atan, Math::atan, -2, 2);
        c.unary("erf", Tensor::erf, OpContractTest::erf, -2, 2);
        c.unary("normalDistribution", Tensor::normalDistribution, x -> (1 + erf(x / Math.sqrt(2))) / 2, -2, 2);
        c.unary("tanh", Tensor::tanh, Math::tanh, -2, 2);
        c.unary("sigmoid", Tensor::sigmoid, x -> 1 / (1 + Math.exp(-x)), -2, 2);
        c.unary("relu positive", Tensor::relu, x -> x, 0.1, 2);
        c.unary("relu negative", Tensor::relu, x -> 0, -2, -0.1);
        c.unary("leakyRelu positive", x -> x.leakyRelu(0.1), x -> x, 0.1, 2);
        c.unary("leakyRelu negative", x -> x.leakyRelu(0.1), x -> 0.1 * x, -2, -0.1);
        c.unary("elu positive", x -> x.elu(0.7), x -> x, 0.1, 2);
        c.unary("elu negative", x -> x.elu(0.7), x -> 0.7 * Math.expm1(x), -2, -0.1);
        c.unary(
                "logisticSlope",
                x -> Tensor.of(Activations.LOGISTIC_SLOPE, x),
                x -> 1 / (2 + Math.exp(x) + Math.exp(-x)),
                -2,
                2);
        c.unary("slope of softplus", x -> Tensor.of(Activations.SOFTPLUS_SLOPE, x), x -> 1 / (1 + Math.exp(-x)), -2, 2);
        c.unary("negativeExp below", x -> Tensor.of(Activations.NEGATIVE_EXP, x), Math::exp, -2, -0.1);
        c.unary("negativeExp above", x -> Tensor.of(Activations.NEGATIVE_EXP, x), x -> 0, 0.1, 2);
        c.unary("huber inside", x -> x.huber(3), x -> x * x / 2, -2, 2);
        c.unary("huber outside", x -> x.huber(0.5), x -> 0.5 * (x - 0.25), 1, 2);
        c.unary("softplus", Tensor::softplus, x -> Math.log(1 + Math.exp(x)), -2, 2);
        c.unary("gelu", Tensor::gelu, x -> x * (1 + erf(x / Math.sqrt(2))) / 2, -2, 2);
        c.unary("silu", Tensor::silu, x -> x / (1 + Math.exp(-x)), -2, 2);
        c.unary("step", Tensor::step, x -> 1, 0.1, 2);
        c.unary("sign", Tensor::sign, x -> -1, -2, -0.1);
        c.unary("detach", x -> x.step().detach(), x -> 1, 0.1, 2);
        c.unary("broadcast and back", x -> x.broadcastTo(twice(x)).sumTo(x.shape()), x -> 2 * x, -2, 2);

        c.binary("add", in -> in.get(0).add(in.get(1)), -2, 2);
        c.binary("sub", in -> in.get(0).sub(in.get(1)), -2, 2);
        c.binary("mul", in -> in.get(0).mul(in.get(1)), -2, 2);
        c.binary("div", in -> in.get(0).div(in.get(1)), 0.5, 2);
        c.binary("pow", in -> in.get(0).pow(in.get(1)), 0.5, 2);
        c.binary(
                "mulUnlessZero",
                in -> Tensor.of(
                        new BinaryOps.MulUnlessZero(),
                        in.get(0).add(in.get(1).mul(0)),
                        in.get(1).add(in.get(0).mul(0))),
                -2,
                2);
        c.binary("maximum", in -> in.get(0).maximum(in.get(1)), -2, 2);
        c.binary("minimum", in -> in.get(0).minimum(in.get(1)), -2, 2);
        c.binary("greater", in -> in.get(0).greater(in.get(1)), -2, 2);
        c.binary("less", in -> in.get(0).less(in.get(1)), -2, 2);
        c.binary("equalTo", in -> in.get(0).equalTo(in.get(1)), -2, 2);
        c.binary(
                "where",
                in -> Tensor.where(
                        in.get(0).greater(in.get(1)), in.get(0), in.get(1).square()),
                -2,
                2);
        c.add("x with itself", in -> in.get(0).mul(in.get(0)).add(in.get(0)), k -> k.input(Shape.of(3, 2)));
        c.add("maximum of equals", in -> in.get(0).maximum(in.get(0)), k -> k.input(Shape.of(3)));

        products(c);
        reductions(c);
        losses(c);
        layout(c);
        selections(c);
        windows(c);
        return c.all.stream();
    }

    private static void products(Cases c) {
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                for (long[] mkn : new long[][] {{3, 4, 5}, {1, 4, 1}, {3, 1, 2}, {0, 3, 2}, {2, 0, 3}}) {
                    Shape a = ta ? Shape.of(mkn[1], mkn[0]) : Shape.of(mkn[0], mkn[1]);
                    Shape b = tb ? Shape.of(mkn[2], mkn[1]) : Shape.of(mkn[1], mkn[2]);
                    c.add(
                            "matmul " + a + (ta ? "' " : " ") + b + (tb ? "'" : ""),
                            in -> in.get(0).matmul(in.get(1), ta, tb),
                            k -> k.input(a).input(b));
                    c.add(
                            "matmul added to a row " + a + (ta ? "' " : " ") + b + (tb ? "'" : ""),
                            in -> in.get(0).add(in.get(1).matmul(in.get(2), ta, tb)),
                            k -> k.input(Shape.of(mkn[2])).input(a).input(b));
                }
                c.add(
                        "batched matmul " + ta + " " + tb,
                        in -> in.get(0).matmul(in.get(1), ta, tb),
                        k -> k.input(ta ? Shape.of(2, 4, 3) : Shape.of(2, 3, 4))
                                .input(tb ? Shape.of(2, 5, 4) : Shape.of(2, 4, 5)));
                c.add(
                        "batched matmul, broadcast " + ta + " " + tb,
                        in -> in.get(0).matmul(in.get(1), ta, tb),
                        k -> k.input(ta ? Shape.of(2, 1, 4, 3) : Shape.of(2, 1, 3, 4))
                                .input(tb ? Shape.of(3, 5, 4) : Shape.of(3, 4, 5)));
            }
        }
        c.add(
                "batched matmul by a matrix",
                in -> in.get(0).matmul(in.get(1)),
                k -> k.input(Shape.of(2, 3, 4)).input(Shape.of(4, 2)));
        c.add(
                "matmul of transposes",
                in -> in.get(0).transpose().matmul(in.get(1).transpose()),
                k -> k.input(Shape.of(4, 3)).input(Shape.of(2, 4)));
    }

    private static void reductions(Cases c) {
        Shape shape = Shape.of(2, 3, 4);
        for (int[] axes : new int[][] {{}, {0}, {1}, {-1}, {0, 2}, {0, 1}, {1, 2}}) {
            String at = Arrays.toString(axes);
            c.add("sum " + at, in -> in.get(0).sum(axes), k -> k.input(shape));
            c.add("sumKeeping " + at, in -> in.get(0).sumKeeping(axes), k -> k.input(shape));
            c.add("mean " + at, in -> in.get(0).mean(axes), k -> k.input(shape));
            c.add("meanKeeping " + at, in -> in.get(0).meanKeeping(axes), k -> k.input(shape));
            c.add("max " + at, in -> in.get(0).max(axes), k -> k.input(shape));
            c.add("min " + at, in -> in.get(0).min(axes), k -> k.input(shape));
            c.add("variance " + at, in -> in.get(0).variance(axes), k -> k.input(shape));
            c.add("logSumExp " + at, in -> in.get(0).logSumExp(axes), k -> k.input(shape));
            c.add("logSumExpKeeping " + at, in -> in.get(0).logSumExpKeeping(axes), k -> k.input(shape));
            c.add("softmax " + at, in -> in.get(0).softmax(axes), k -> k.input(shape));
            c.add("logSoftmax " + at, in -> in.get(0).logSoftmax(axes), k -> k.input(shape));
        }
        for (Shape s : List.of(Shape.of(1, 1), Shape.of(0, 3), Shape.of())) {
            c.add("sum " + s, in -> in.get(0).sum(), k -> k.input(s));
            c.add("softmax " + s, in -> in.get(0).softmax(), k -> k.input(s));
        }
        c.add(
                "sum over an empty axis",
                in -> in.get(0).sum(0),
                k -> k.input(Shape.of(0, 3)).expecting(in -> new double[3]));
        c.add(
                "logSumExp over an empty axis",
                in -> in.get(0).logSumExp(0).exp(),
                k -> k.input(Shape.of(0, 3)).expecting(in -> new double[3]));
        c.add(
                "logSumExp of two",
                in -> in.get(0).logSumExp(1),
                k -> k.input(Shape.of(1, 2)).expecting(in ->
                        new double[] {Math.log(Math.exp(in[0][0]) + Math.exp(in[0][1]))}));
        c.add("max over size one", in -> in.get(0).max(1), k -> k.input(Shape.of(3, 1)));
    }

    private static void losses(Cases c) {
        for (int[] axes : new int[][] {{1}, {0, 2}}) {
            List<Integer> along = Arrays.stream(axes).boxed().toList();
            Shape shape = Shape.of(2, 3, 2);
            c.add(
                    "centered " + along,
                    in -> SoftmaxOps.centered(along, in.get(0).softmax(axes), in.get(1)),
                    k -> k.input(shape).input(shape));
            c.add(
                    "deflated " + along,
                    in -> SoftmaxOps.deflated(along, in.get(0).softmax(axes), in.get(1)),
                    k -> k.input(shape).input(shape));
        }
        c.add(
                "softmaxCrossEntropy of labels",
                in -> in.get(0).softmaxCrossEntropy(in.get(1)),
                k -> k.input(Shape.of(5, 4)).indices(Shape.of(5), 4));
        c.add(
                "softmaxCrossEntropy of probabilities",
                in -> in.get(0).softmaxCrossEntropy(in.get(1)),
                k -> k.input(Shape.of(5, 4)).between(0, 1).input(Shape.of(5, 4)));
        c.add(
                "softmaxCrossEntropy of nothing",
                in -> in.get(0).softmaxCrossEntropy(in.get(1)),
                k -> k.input(Shape.of(0, 4)).indices(Shape.of(0), 4));
        for (Shape shape : List.of(Shape.of(), Shape.of(3, 2), Shape.of(0, 2))) {
            c.add(
                    "logisticCrossEntropy " + shape,
                    in -> in.get(0).logisticCrossEntropy(in.get(1)),
                    k -> k.input(shape).between(0, 1).input(shape));
            c.add(
                    "logisticError " + shape,
                    in -> Tensor.of(new LossOps.LogisticError(), in.get(0), in.get(1)),
                    k -> k.input(shape).between(0, 1).input(shape));
        }
        for (Shape shape : List.of(Shape.of(4), Shape.of(3, 1), Shape.of(2, 3, 4), Shape.of(0, 3), Shape.of(3, 0))) {
            c.add("standardize " + shape, in -> in.get(0).standardize(0.3), k -> k.input(shape));
            c.add(
                    "deviation " + shape,
                    in -> Tensor.of(new StandardizeOps.Deviation(0.3), in.get(0))
                            .mul(in.get(0).sumKeeping(-1)),
                    k -> k.input(shape.size(-1) == 0 ? Shape.of(2, 2) : shape));
        }
    }

    private static void layout(Cases c) {
        c.add("reshape", in -> in.get(0).reshape(4, -1), k -> k.input(Shape.of(2, 6)));
        c.add("reshape and reuse", in -> in.get(0).exp().reshape(12).tanh(), k -> k.input(Shape.of(2, 6)));
        c.add("transpose", in -> in.get(0).transpose(), k -> k.input(Shape.of(2, 6)));
        c.add("permute", in -> in.get(0).permute(2, 0, 1), k -> k.input(Shape.of(2, 3, 4)));
        c.add("permute empty", in -> in.get(0).permute(2, 0, 1), k -> k.input(Shape.of(2, 0, 4)));
        c.add("slice", in -> in.get(0).slice(1, 1, 3), k -> k.input(Shape.of(2, 4, 2)));
        c.add("slice nothing", in -> in.get(0).slice(0, 1, 1), k -> k.input(Shape.of(2, 4)));
        c.add("pad", in -> Tensor.of(new LayoutOps.Pad(1, 2, 7), in.get(0)), k -> k.input(Shape.of(2, 4, 2)));
        c.add("broadcastTo", in -> in.get(0).broadcastTo(Shape.of(2, 3, 4)), k -> k.input(Shape.of(3, 1)));
        c.add("broadcast to nothing", in -> in.get(0).broadcastTo(Shape.of(0, 4)), k -> k.input(Shape.of(1, 4)));
        c.add("sumTo", in -> in.get(0).sumTo(Shape.of(3, 1)), k -> k.input(Shape.of(2, 3, 4)));
        c.add(
                "concat",
                in -> Tensor.concat(1, in.get(0), in.get(1), in.get(2)),
                k -> k.input(Shape.of(2, 3)).input(Shape.of(2, 0)).input(Shape.of(2, 1)));
        c.add(
                "concat rows",
                in -> Tensor.concat(0, in.get(0), in.get(1)),
                k -> k.input(Shape.of(2, 3)).input(Shape.of(1, 3)));
        c.add("filled", in -> in.get(0).mul(in.get(0).filled(3)), k -> k.input(Shape.of(2, 3)));
        c.add(
                "gather",
                in -> in.get(0).gather(in.get(1)),
                k -> k.input(Shape.of(4, 3)).indices(Shape.of(6), 4));
        c.add(
                "gather by a matrix",
                in -> in.get(0).gather(in.get(1)),
                k -> k.input(Shape.of(4)).indices(Shape.of(2, 3), 4));
        c.add(
                "gather nothing",
                in -> in.get(0).gather(in.get(1)),
                k -> k.input(Shape.of(4, 3)).indices(Shape.of(0), 4));
        c.add(
                "scatterAdd",
                in -> in.get(0).scatterAdd(in.get(1), 5),
                k -> k.input(Shape.of(6, 3)).indices(Shape.of(6), 5));
        c.add(
                "oneHot",
                in -> in.get(1).mul(in.get(0).oneHot(5, in.get(1).dtype())),
                k -> k.indices(Shape.of(6), 5).input(Shape.of(6, 5)));
    }

    private static void selections(Cases c) {
        c.add("slice by steps", in -> in.get(0).slice(1, 1, 6, 2), k -> k.input(Shape.of(2, 7, 2)));
        c.add("slice of nothing by steps", in -> in.get(0).slice(1, 1, 1, 3), k -> k.input(Shape.of(2, 7)));
        c.add("spread", in -> Tensor.of(new StepOps.Spread(1, 2, 3, 9), in.get(0)), k -> k.input(Shape.of(2, 3, 2)));
        c.add("get", in -> in.get(0).get(1, -2), k -> k.input(Shape.of(2, 3, 4)));
        c.add("get an element", in -> in.get(0).get(1, 2), k -> k.input(Shape.of(2, 3)));
        c.add("pad by Tensor", in -> in.get(0).pad(-1, 2, 1), k -> k.input(Shape.of(2, 3)));
        c.add("cast", in -> in.get(0).cast(in.get(0).dtype()), k -> k.input(Shape.of(2, 3)));
        c.add(
                "cast there and back",
                in -> in.get(0)
                        .square()
                        .cast(other(in.get(0)))
                        .cast(in.get(0).dtype())
                        .cast(DType.FLOAT64)
                        .cast(in.get(0).dtype()),
                k -> k.input(Shape.of(0, 3)));
        c.add(
                "stack",
                in -> Tensor.stack(1, in.get(0), in.get(1)),
                k -> k.input(Shape.of(2, 3)).input(Shape.of(2, 3)));
        for (int axis = 0; axis < 3; axis++) {
            int along = axis;
            c.add(
                    "gather along axis " + axis,
                    in -> in.get(0).gather(along, in.get(1)),
                    k -> k.input(Shape.of(3, 4, 3)).indices(Shape.of(2, 2), 3));
            c.add("cumulativeSum " + axis, in -> in.get(0).cumulativeSum(along), k -> k.input(Shape.of(3, 2, 4)));
            c.add(
                    "gatherAlong " + axis,
                    in -> in.get(0).gatherAlong(along, in.get(1)),
                    k -> k.input(Shape.of(3, 3, 3)).indices(along == 1 ? Shape.of(3, 5, 3) : Shape.of(3, 3, 3), 3));
            c.add(
                    "scatterAddAlong " + axis,
                    in -> in.get(0).scatterAddAlong(along, in.get(1), 4),
                    k -> k.input(Shape.of(3, 2, 3)).indices(Shape.of(3, 2, 3), 4));
        }
        c.add(
                "cumulativeSum from the end",
                in -> Tensor.of(new ReductionOps.CumulativeSum(1, true), in.get(0)),
                k -> k.input(Shape.of(2, 3)));
        c.add("cumulativeSum of nothing", in -> in.get(0).cumulativeSum(1), k -> k.input(Shape.of(2, 0)));
    }

    private static DType other(Tensor x) {
        return x.dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** A window, a size of images, channels, outputs and groups. */
    private static void convolution(Cases c, String name, Window window, long[] images, long outputs, long groups) {
        Shape x = Shape.of(images);
        Shape w = Shape.of(window.height().size(), window.width().size(), images[3] / groups, outputs);
        Shape y = window.outputs(name, x, outputs);
        c.add(
                "conv2d " + name,
                in -> in.get(0).conv2d(in.get(1), window, groups),
                k -> k.input(x).input(w));
        c.add(
                "convTranspose2d " + name,
                in -> in.get(0).convTranspose2d(in.get(1), window, groups, images[1], images[2]),
                k -> k.input(y).input(w));
        c.add(
                "weights of conv2d " + name,
                in -> Tensor.of(new ConvolutionOps.ConvWeight(window, groups), in.get(0), in.get(1)),
                k -> k.input(x).input(y));
        c.add(
                "conv2d added to a row " + name,
                in -> in.get(2).add(in.get(0).conv2d(in.get(1), window, groups)),
                k -> k.input(x).input(w).input(Shape.of(outputs)));
        c.add("unfold " + name, in -> in.get(0).unfold(window), k -> k.input(x));
        c.add(
                "fold " + name,
                in -> in.get(0).fold(window, images[1], images[2]),
                k -> k.input(window.outputs(name, x, window.count() * images[3])));
        c.add("avgPool2d " + name, in -> in.get(0).avgPool2d(window, true), k -> k.input(x));
    }

    private static void windows(Cases c) {
        convolution(c, "plain", Window.of(2, 3), new long[] {2, 4, 5, 2}, 3, 1);
        convolution(c, "of one place", Window.of(1, 1), new long[] {2, 3, 2, 4}, 6, 2);
        convolution(c, "with stride", Window.of(3, 2).stride(2, 3).padding(1, 0, 2, 1), new long[] {2, 5, 6, 2}, 2, 1);
        convolution(
                c,
                "dilated",
                Window.of(2, 3).dilation(2, 2).padding(0, 2, 3, 1).stride(1, 2),
                new long[] {1, 4, 5, 3},
                2,
                1);
        convolution(c, "in groups", Window.of(2, 2).padding(1, 0, 0, 1), new long[] {2, 3, 3, 4}, 6, 2);
        convolution(c, "depthwise", Window.of(2, 3).stride(2, 1).padding(1, 1, 0, 2), new long[] {2, 3, 4, 3}, 3, 3);
        convolution(c, "depthwise, two each", Window.of(2, 2), new long[] {2, 3, 3, 2}, 4, 2);
        convolution(c, "of no examples", Window.of(2, 2), new long[] {0, 3, 3, 2}, 2, 1);
        convolution(c, "wider than the image", Window.of(1, 5).padding(0, 0, 4, 4), new long[] {1, 1, 2, 1}, 2, 1);
        Window window = Window.of(2, 2);
        c.add("heldInCurvature", in -> in.get(0).heldInCurvature().square(), k -> k.input(Shape.of(2, 3)));
        c.add("preactivation", in -> Preactivation.activate(Tensor::tanh, in.get(0)), k -> k.input(Shape.of(2, 3)));
        c.add("maxPool2d", in -> in.get(0).maxPool2d(window.stride(2, 2)), k -> k.input(Shape.of(2, 4, 4, 3)));
        c.add(
                "maxPool2d, overlapping and padded",
                in -> in.get(0).maxPool2d(window.padding(1, 1, 0, 1)),
                k -> k.input(Shape.of(1, 3, 4, 2)));
        c.add(
                "avgPool2d without padding",
                in -> in.get(0).avgPool2d(window.padding(1, 1, 1, 1), false),
                k -> k.input(Shape.of(1, 3, 3, 2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void passesTheContract(Case c) {
        c.contract.check();
    }

    @Test
    void everyOpIsInTheList() throws ReflectiveOperationException {
        Set<Op> ops = new HashSet<>();
        cases().forEach(c -> ops.addAll(opsOf(c)));
        Set<String> missing = new TreeSet<>(opClasses());
        ops.forEach(op -> missing.remove(op.getClass().getName()));
        assertThat(missing).as("ops without a contract case").isEmpty();
        assertThat(ops).containsAll(constants(UnaryOps.class)).containsAll(constants(Activations.class));
    }

    /** The ops that are constants of a class. */
    private static List<Op> constants(Class<?> owner) throws IllegalAccessException {
        List<Op> constants = new ArrayList<>();
        for (var field : owner.getDeclaredFields()) {
            if (field.getType() == Op.class) {
                constants.add((Op) field.get(null));
            }
        }
        assertThat(constants).isNotEmpty();
        return constants;
    }

    @Test
    void everyTensorMethodIsInTheList() {
        Set<String> names = new TreeSet<>();
        for (var method : Tensor.class.getMethods()) {
            if (method.getReturnType() == Tensor.class && !Modifier.isStatic(method.getModifiers())) {
                names.add(method.getName());
            }
        }
        names.remove("operand");
        String all = String.join(
                " ", cases().map(c -> c.name.toLowerCase(java.util.Locale.ROOT)).toList());
        assertThat(names)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(all).contains(name.toLowerCase(java.util.Locale.ROOT)));
    }

    /** The ops of a case's graph and of its first two derivatives, planned ones included. */
    private static List<Op> opsOf(Case c) {
        List<Tensor> xs = c.contract.leaves(DType.FLOAT64);
        return Graph.ancestors(List.of(c.operation.apply(xs))).stream()
                .map(Tensor::op)
                .toList();
    }

    /** All op classes of the package, read from the compiled files. */
    private static Set<String> opClasses() throws ClassNotFoundException {
        Set<String> names = new TreeSet<>();
        String[] files = new java.io.File(Op.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath()
                        + "dev/ravine/autodiff")
                .list();
        for (String file : files) {
            Class<?> type = Class.forName("dev.ravine.autodiff." + file.replace(".class", ""));
            if (Op.class.isAssignableFrom(type) && !type.isInterface() && !Leaf.class.isAssignableFrom(type)) {
                names.add(type.getName());
            }
        }
        return names;
    }

    private static Shape twice(Tensor x) {
        long[] dims = new long[x.shape().rank() + 1];
        dims[0] = 2;
        System.arraycopy(x.shape().toArray(), 0, dims, 1, dims.length - 1);
        return Shape.of(dims);
    }

    /** The error function by its Taylor series around 0, exact to double precision for |x| up to 3. */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 60; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
