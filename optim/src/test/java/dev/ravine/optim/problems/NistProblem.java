package dev.ravine.optim.problems;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * NIST's nonlinear regression problems, all 27, with certified solutions, from lower to higher difficulty: two starts b,
 * the residuals y - model(b, x) in double precision, and where their sum of squares is least. The figures are in the
 * folder of resources {@code nist}.
 */
public enum NistProblem {
    MISRA1A("Misra1a", NistProblem::saturation),
    CHWIRUT2("Chwirut2", NistProblem::echo),
    CHWIRUT1("Chwirut1", NistProblem::echo),
    LANCZOS3("Lanczos3", NistProblem::threeDecays),
    GAUSS1("Gauss1", NistProblem::twoBells),
    GAUSS2("Gauss2", NistProblem::twoBells),
    DANWOOD("DanWood", (b, x) -> x.pow(at(b, 2)).mul(at(b, 1))),
    MISRA1B("Misra1b", (b, x) -> {
        Tensor root = x.mul(at(b, 2)).div(2).add(1);
        return root.pow(-2).neg().add(1).mul(at(b, 1));
    }),
    KIRBY2("Kirby2", (b, x) -> ratio(b, 2, x)),
    HAHN1("Hahn1", (b, x) -> ratio(b, 3, x)),
    NELSON("Nelson", Math::log, (b, x) -> {
        Tensor time = x.slice(1, 0, 1).reshape(-1);
        Tensor temperature = x.slice(1, 1, 2).reshape(-1);
        return at(b, 1).sub(temperature.mul(at(b, 3)).neg().exp().mul(time).mul(at(b, 2)));
    }),
    MGH17("MGH17", (b, x) -> {
        Tensor fast = x.mul(at(b, 4)).neg().exp().mul(at(b, 2));
        Tensor slow = x.mul(at(b, 5)).neg().exp().mul(at(b, 3));
        return fast.add(slow).add(at(b, 1));
    }),
    LANCZOS1("Lanczos1", NistProblem::threeDecays),
    LANCZOS2("Lanczos2", NistProblem::threeDecays),
    GAUSS3("Gauss3", NistProblem::twoBells),
    MISRA1C("Misra1c", (b, x) -> {
        Tensor root = x.mul(at(b, 2)).mul(2).add(1);
        return root.pow(-0.5).neg().add(1).mul(at(b, 1));
    }),
    MISRA1D("Misra1d", (b, x) -> {
        Tensor load = x.mul(at(b, 2));
        return load.mul(at(b, 1)).div(load.add(1));
    }),
    ROSZMAN1("Roszman1", (b, x) -> {
        Tensor angle = at(b, 3).div(x.sub(at(b, 4))).atan();
        return at(b, 1).sub(at(b, 2).mul(x)).sub(angle.div(Math.PI));
    }),
    ENSO("ENSO", (b, x) -> {
        Tensor year = x.mul(2 * Math.PI / 12);
        Tensor first = x.mul(2 * Math.PI).div(at(b, 4));
        Tensor second = x.mul(2 * Math.PI).div(at(b, 7));
        return at(b, 1).add(wave(at(b, 2), at(b, 3), year))
                .add(wave(at(b, 5), at(b, 6), first))
                .add(wave(at(b, 8), at(b, 9), second));
    }),
    MGH09("MGH09", (b, x) -> {
        Tensor above = x.add(at(b, 2)).mul(x).mul(at(b, 1));
        return above.div(x.add(at(b, 3)).mul(x).add(at(b, 4)));
    }),
    THURBER("Thurber", (b, x) -> ratio(b, 3, x)),
    BOXBOD("BoxBOD", NistProblem::saturation),
    RAT42("Rat42", (b, x) -> at(b, 1).div(growth(b, x))),
    MGH10("MGH10", (b, x) -> at(b, 2).div(x.add(at(b, 3))).exp().mul(at(b, 1))),
    ECKERLE4("Eckerle4", (b, x) -> {
        Tensor distance = x.sub(at(b, 3)).div(at(b, 2));
        return distance.square().mul(-0.5).exp().mul(at(b, 1).div(at(b, 2)));
    }),
    RAT43("Rat43", (b, x) -> at(b, 1).div(growth(b, x).pow(at(b, 4).reciprocal()))),
    BENNETT5(
            "Bennett5",
            (b, x) -> x.add(at(b, 2)).pow(at(b, 3).reciprocal().neg()).mul(at(b, 1)));

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final BinaryOperator<Tensor> model;

    private final String difficulty;
    private final double squares;

    @SuppressWarnings("ImmutableEnumChecker")
    private final double[] minimum;

    @SuppressWarnings("ImmutableEnumChecker") // none of the arrays is changed or handed out
    private final double[][] parameters;

    @SuppressWarnings("ImmutableEnumChecker")
    private final double[] responses;

    @SuppressWarnings("ImmutableEnumChecker")
    private final double[][] predictors;

    NistProblem(String id, BinaryOperator<Tensor> model) {
        this(id, y -> y, model);
    }

    /** With a function of the measured response that the model gives. */
    NistProblem(String id, DoubleUnaryOperator response, BinaryOperator<Tensor> model) {
        this.id = id;
        this.model = model;
        List<String[]> lines = lines(id + ".txt");
        this.difficulty = lines.get(0)[1];
        this.parameters = numbers(lines, "parameter");
        this.minimum = numbers(lines("minima.txt"), id)[0];
        this.squares = numbers(lines, "squares")[0][0];
        double[][] observations = numbers(lines, "observation");
        this.responses = Arrays.stream(column(observations, 0)).map(response).toArray();
        this.predictors = Arrays.stream(observations)
                .map(row -> Arrays.copyOfRange(row, 1, row.length))
                .toArray(double[][]::new);
    }

    /** Of shape [m], for b of shape [n]. */
    public Tensor residuals(Tensor b) {
        int count = predictors[0].length;
        double[] all = Arrays.stream(predictors).flatMapToDouble(Arrays::stream).toArray();
        Shape shape = count == 1 ? Shape.of(all.length) : Shape.of(predictors.length, count);
        Tensor x = Tensor.constant(DType.FLOAT64, shape, all);
        return Tensor.constant(DType.FLOAT64, Shape.of(responses.length), responses)
                .sub(model.apply(b, x));
    }

    /** The sum of squares of the residuals, one element. */
    public Tensor value(Tensor b) {
        return residuals(b).square().sum();
    }

    /** lower, average or higher. */
    public String difficulty() {
        return difficulty;
    }

    /** The start that is far away. */
    public double[] start1() {
        return column(parameters, 0);
    }

    /** The start that is nearer. */
    public double[] start2() {
        return column(parameters, 1);
    }

    /** The certified parameters, with eleven digits. */
    public double[] certified() {
        return column(parameters, 2);
    }

    /** The parameters with seventeen digits. */
    public double[] minimum() {
        return minimum.clone();
    }

    /** The standard deviations of the certified parameters. */
    public double[] deviations() {
        return column(parameters, 3);
    }

    /** The certified sum of squares, with eleven digits. */
    public double certifiedSquares() {
        return squares;
    }

    /**
     * How far the sum of squares may be from the certified one, as a fraction. The data of Lanczos1 have 14 digits, and
     * the model meets 12 of them: the sum is of rounding.
     */
    public double squaresPrecision() {
        return this == LANCZOS1 ? 0.01 : 1e-10;
    }

    /** m. */
    public int observations() {
        return responses.length;
    }

    @Override
    public String toString() {
        return id;
    }

    /** b_i, counted from 1, of shape [1]. */
    private static Tensor at(Tensor b, int i) {
        return b.slice(0, i - 1, i);
    }

    /** b_1 (1 - e^(-b_2 x)). */
    private static Tensor saturation(Tensor b, Tensor x) {
        return x.mul(at(b, 2)).neg().expm1().mul(at(b, 1)).neg();
    }

    /** b_i e^(-b_(i+1) x). */
    private static Tensor decay(Tensor b, int i, Tensor x) {
        return x.mul(at(b, i + 1)).neg().exp().mul(at(b, i));
    }

    private static Tensor threeDecays(Tensor b, Tensor x) {
        return decay(b, 1, x).add(decay(b, 3, x)).add(decay(b, 5, x));
    }

    private static Tensor twoBells(Tensor b, Tensor x) {
        return decay(b, 1, x).add(bell(b, 3, x)).add(bell(b, 6, x));
    }

    /** e^(-b_1 x) / (b_2 + b_3 x). */
    private static Tensor echo(Tensor b, Tensor x) {
        return x.mul(at(b, 1)).neg().exp().div(x.mul(at(b, 3)).add(at(b, 2)));
    }

    /** 1 + e^(b_2 - b_3 x). */
    private static Tensor growth(Tensor b, Tensor x) {
        return at(b, 2).sub(at(b, 3).mul(x)).exp().add(1);
    }

    /** b_i e^(-((x - b_(i+1)) / b_(i+2))^2). */
    private static Tensor bell(Tensor b, int i, Tensor x) {
        Tensor distance = x.sub(at(b, i + 1)).div(at(b, i + 2));
        return distance.square().neg().exp().mul(at(b, i));
    }

    private static Tensor wave(Tensor cosine, Tensor sine, Tensor angle) {
        return angle.cos().mul(cosine).add(angle.sin().mul(sine));
    }

    /** A polynomial in x over one that is 1 at 0, both of a degree, b holding their coefficients. */
    private static Tensor ratio(Tensor b, int degree, Tensor x) {
        Tensor above = at(b, degree + 1);
        Tensor below = at(b, 2 * degree + 1);
        for (int i = degree; i >= 1; i--) {
            above = above.mul(x).add(at(b, i));
            below = i > 1 ? below.mul(x).add(at(b, degree + i)) : below.mul(x).add(1);
        }
        return above.div(below);
    }

    private static double[] column(double[][] rows, int k) {
        return Arrays.stream(rows).mapToDouble(row -> row[k]).toArray();
    }

    /** The figures of the lines that begin with a word. */
    private static double[][] numbers(List<String[]> lines, String word) {
        return lines.stream()
                .filter(words -> words[0].equals(word))
                .map(words -> Arrays.stream(words)
                        .skip(1)
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    private static List<String[]> lines(String file) {
        try (InputStream in = NistProblem.class.getResourceAsStream("nist/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
