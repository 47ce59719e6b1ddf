package dev.ravine.optim.problems;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.objective.FunctionObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * Test problems of Moré, Garbow and Hillstrom, "Testing unconstrained optimization software", ACM Transactions on
 * Mathematical Software 7 (1981): a start, residuals r(x) in double precision, and the minima of f(x) = r(x)'r(x).
 */
public enum MghProblem {
    ROSENBROCK("rosenbrock", from(-1.2, 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            return extendedRosenbrock(x);
        }
    },
    FREUDENSTEIN_ROTH("freudenstein-roth", from(0.5, -2), minima(0, 48.9842)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor b = at(x, 2);
            Tensor first = b.neg().add(5).mul(b).sub(2).mul(b).add(at(x, 1)).sub(13);
            Tensor second = b.add(1).mul(b).sub(14).mul(b).add(at(x, 1)).sub(29);
            return join(first, second);
        }
    },
    POWELL_BADLY_SCALED("powell-badly-scaled", from(0, 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor product = at(x, 1).mul(at(x, 2)).mul(1e4).sub(1);
            return join(product, x.neg().exp().sumKeeping().sub(1.0001));
        }
    },
    BROWN_BADLY_SCALED("brown-badly-scaled", from(1, 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            return join(
                    at(x, 1).sub(1e6),
                    at(x, 2).sub(2e-6),
                    at(x, 1).mul(at(x, 2)).sub(2));
        }
    },
    BEALE("beale", from(1, 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor b = at(x, 2);
            Tensor powers = join(b, b.square(), b.square().mul(b));
            return column(1.5, 2.25, 2.625).sub(at(x, 1).mul(powers.neg().add(1)));
        }
    },
    /** Its angle jumps where x_1 = 0 and x_2 is negative, and is smooth elsewhere. */
    HELICAL_VALLEY("helical-valley", from(-1, 0, 0), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor radius = at(x, 1).square().add(at(x, 2).square()).sqrt();
            // A quarter turn less the angle from the second axis, whose half has the tangent x_1 / (radius + x_2).
            Tensor turns =
                    at(x, 1).div(radius.add(at(x, 2))).atan().div(-Math.PI).add(0.25);
            return join(at(x, 3).sub(turns.mul(10)).mul(10), radius.sub(1).mul(10), at(x, 3));
        }
    },
    /** A second minimum is at (0.8406, -infinity, -infinity). */
    BARD("bard", from(1, 1, 1), minima(8.21487e-3, 17.4286)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor y = column(.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39);
            Tensor u = column(15, i -> i);
            Tensor v = column(15, i -> 16 - i);
            Tensor w = column(15, i -> Math.min(i, 16 - i));
            return y.sub(u.div(v.mul(at(x, 2)).add(w.mul(at(x, 3)))).add(at(x, 1)));
        }
    },
    GAUSSIAN("gaussian", from(0.4, 1, 0), minima(1.12793e-8)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor y = column(
                    .0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540, .0175, .0044,
                    .0009);
            Tensor t = column(15, i -> (8 - i) / 2.0);
            Tensor bell = t.sub(at(x, 3)).square().mul(at(x, 2)).mul(-0.5).exp();
            return bell.mul(at(x, 1)).sub(y);
        }
    },
    BOX_3D("box-3d", from(0, 10, 20), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor t = column(10, i -> i / 10.0);
            Tensor target = t.neg().exp().sub(t.mul(-10).exp());
            return decay(t, at(x, 1)).sub(decay(t, at(x, 2))).sub(target.mul(at(x, 3)));
        }
    },
    /** Its Hessian is singular at the minimum. */
    POWELL_SINGULAR("powell-singular", from(3, -1, 0, 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            return join(
                    at(x, 2).mul(10).add(at(x, 1)),
                    at(x, 3).sub(at(x, 4)).mul(Math.sqrt(5)),
                    at(x, 2).sub(at(x, 3).mul(2)).square(),
                    at(x, 1).sub(at(x, 4)).square().mul(Math.sqrt(10)));
        }
    },
    WOOD("wood", from(-3, -1, -3, -1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            return join(
                    at(x, 2).sub(at(x, 1).square()).mul(10),
                    at(x, 1).neg().add(1),
                    at(x, 4).sub(at(x, 3).square()).mul(Math.sqrt(90)),
                    at(x, 3).neg().add(1),
                    at(x, 2).add(at(x, 4)).sub(2).mul(Math.sqrt(10)),
                    at(x, 2).sub(at(x, 4)).mul(Math.sqrt(0.1)));
        }
    },
    /** A second minimum is at (infinity, -14.07, -infinity, -infinity). */
    KOWALIK_OSBORNE("kowalik-osborne", from(0.25, 0.39, 0.415, 0.39), minima(3.07505e-4, 1.02734e-3)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor y = column(.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246);
            Tensor u = column(4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625);
            Tensor above = u.add(at(x, 2)).mul(u).mul(at(x, 1));
            return y.sub(above.div(u.add(at(x, 3)).mul(u).add(at(x, 4))));
        }
    },
    BROWN_DENNIS("brown-dennis", from(25, 5, -5, -1), minima(85822.2)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor t = column(20, i -> i / 5.0);
            Tensor first = t.mul(at(x, 2)).add(at(x, 1)).sub(t.exp());
            Tensor second = t.sin().mul(at(x, 4)).add(at(x, 3)).sub(t.cos());
            return first.square().add(second.square());
        }
    },
    BIGGS_EXP6("biggs-exp6", from(1, 2, 1, 1, 1, 1), minima(0, 5.65565e-3)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor t = column(13, i -> i / 10.0);
            Tensor y = column(13, i -> Math.exp(-i / 10.0) - 5 * Math.exp(-i) + 3 * Math.exp(-0.4 * i));
            return decay(t, at(x, 1))
                    .mul(at(x, 3))
                    .sub(decay(t, at(x, 2)).mul(at(x, 4)))
                    .add(decay(t, at(x, 5)).mul(at(x, 6)))
                    .sub(y);
        }
    },
    WATSON_6("watson-6", from(6, j -> 0), minima(2.28767e-3)) {
        @Override
        public Tensor residuals(Tensor x) {
            int n = length(x);
            Tensor powers = matrix(29, n, (i, j) -> Math.pow(i / 29.0, j - 1));
            Tensor slopes = matrix(29, n, (i, j) -> j == 1 ? 0 : (j - 1) * Math.pow(i / 29.0, j - 2));
            Tensor equation =
                    product(slopes, x).sub(product(powers, x).square()).sub(1);
            return join(equation, at(x, 1), at(x, 2).sub(at(x, 1).square()).sub(1));
        }
    },
    EXTENDED_ROSENBROCK_10("extended-rosenbrock-10", from(10, j -> j % 2 == 1 ? -1.2 : 1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            return extendedRosenbrock(x);
        }
    },
    PENALTY_I_4("penalty-i-4", from(4, j -> j), minima(2.24997e-5)) {
        @Override
        public Tensor residuals(Tensor x) {
            return penaltyI(x);
        }
    },
    PENALTY_I_10("penalty-i-10", from(10, j -> j), minima(7.08765e-5)) {
        @Override
        public Tensor residuals(Tensor x) {
            return penaltyI(x);
        }
    },
    PENALTY_II_4("penalty-ii-4", from(4, j -> 0.5), minima(9.37629e-6)) {
        @Override
        public Tensor residuals(Tensor x) {
            int n = length(x);
            Tensor e = x.mul(0.1).exp();
            Tensor y = column(n - 1, i -> Math.exp((i + 1) / 10.0) + Math.exp(i / 10.0));
            Tensor later = e.slice(0, 1, n);
            return join(
                    at(x, 1).sub(0.2),
                    later.add(e.slice(0, 0, n - 1)).sub(y).mul(Math.sqrt(1e-5)),
                    later.sub(Math.exp(-0.1)).mul(Math.sqrt(1e-5)),
                    column(n, j -> n - j + 1).mul(x.square()).sumKeeping().sub(1));
        }
    },
    VARIABLY_DIMENSIONED_10("variably-dimensioned-10", from(10, j -> 1 - j / 10.0), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor distance = x.sub(1);
            Tensor sum = column(length(x), j -> j).mul(distance).sumKeeping();
            return join(distance, sum, sum.square());
        }
    },
    TRIGONOMETRIC_10("trigonometric-10", from(10, j -> 0.1), minima(0, 2.79506e-5)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor lack = x.cos().neg().add(1);
            return lack.mul(column(length(x), i -> i)).add(lack.sumKeeping()).sub(x.sin());
        }
    },
    CHEBYQUAD_8("chebyquad-8", from(8, j -> j / 9.0), minima(3.51687e-3)) {
        @Override
        public Tensor residuals(Tensor x) {
            int n = length(x);
            Tensor twice = x.mul(4).sub(2);
            Tensor before = x.filled(1);
            Tensor polynomial = x.mul(2).sub(1);
            Tensor[] r = new Tensor[n];
            for (int i = 1; i <= n; i++) {
                double integral = i % 2 == 1 ? 0 : -1.0 / (i * i - 1);
                r[i - 1] = polynomial.meanKeeping().sub(integral);
                Tensor next = twice.mul(polynomial).sub(before);
                before = polynomial;
                polynomial = next;
            }
            return join(r);
        }
    },
    BROYDEN_TRIDIAGONAL_10("broyden-tridiagonal-10", from(10, j -> -1), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            Tensor own = x.mul(-2).add(3).mul(x);
            return own.sub(before(x)).sub(after(x).mul(2)).add(1);
        }
    },
    DISCRETE_BOUNDARY_VALUE_10("discrete-boundary-value-10", from(10, j -> j / 11.0 * (j / 11.0 - 1)), minima(0)) {
        @Override
        public Tensor residuals(Tensor x) {
            double h = 1.0 / (length(x) + 1);
            Tensor source = x.add(column(length(x), i -> i * h + 1));
            Tensor cube = source.square().mul(source);
            return x.mul(2).sub(before(x)).sub(after(x)).add(cube.mul(h * h / 2));
        }
    };

    /** The published minima have six digits. */
    public static final double PRECISION = 1e-5;

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // never changed, and handed out as copies
    private final double[] start;

    @SuppressWarnings("ImmutableEnumChecker")
    private final double[] minima;

    MghProblem(String id, double[] start, double[] minima) {
        this.id = id;
        this.start = start;
        this.minima = minima;
    }

    /** r(x), of shape [m], for x of shape [n]. */
    public abstract Tensor residuals(Tensor x);

    /** f(x), one element. */
    public Tensor value(Tensor x) {
        return residuals(x).square().sum();
    }

    /** The name in figures, with n where the paper leaves it open. */
    public String id() {
        return id;
    }

    /** The standard start. */
    public double[] start() {
        return start.clone();
    }

    /** The published local minima of f, the smallest first, each to a relative {@link #PRECISION}; 0 is exact. */
    public double[] minima() {
        return minima.clone();
    }

    public FunctionObjective objective() {
        return new FunctionObjective(DType.FLOAT64, start.length, this::value);
    }

    @Override
    public String toString() {
        return id;
    }

    private static double[] minima(double... values) {
        return values;
    }

    private static double[] from(double... values) {
        return values;
    }

    /** n numbers, for j = 1, ..., n. */
    private static double[] from(int n, IntToDoubleFunction number) {
        return IntStream.rangeClosed(1, n).mapToDouble(number).toArray();
    }

    private static Tensor extendedRosenbrock(Tensor x) {
        List<Tensor> r = new ArrayList<>();
        for (int i = 1; i < length(x); i += 2) {
            r.add(at(x, i + 1).sub(at(x, i).square()).mul(10));
            r.add(at(x, i).neg().add(1));
        }
        return join(r.toArray(Tensor[]::new));
    }

    private static Tensor penaltyI(Tensor x) {
        return join(x.sub(1).mul(Math.sqrt(1e-5)), x.square().sumKeeping().sub(0.25));
    }

    /** e to the power of -t rate. */
    private static Tensor decay(Tensor t, Tensor rate) {
        return t.mul(rate).neg().exp();
    }

    private static int length(Tensor x) {
        return (int) x.shape().count();
    }

    /** x_i, counted from 1, of shape [1]. */
    private static Tensor at(Tensor x, int i) {
        return x.slice(0, i - 1, i);
    }

    private static Tensor join(Tensor... parts) {
        return Tensor.concat(0, parts);
    }

    /** The neighbour x_(i-1) of each x_i, 0 for the first. */
    private static Tensor before(Tensor x) {
        return join(column(0), x.slice(0, 0, length(x) - 1));
    }

    /** The neighbour x_(i+1) of each x_i, 0 for the last. */
    private static Tensor after(Tensor x) {
        return join(x.slice(0, 1, length(x)), column(0));
    }

    private static Tensor column(double... values) {
        return Tensor.constant(DType.FLOAT64, Shape.of(values.length), values);
    }

    private static Tensor column(int m, IntToDoubleFunction number) {
        return column(from(m, number));
    }

    /** An [m, n] matrix of numbers that depend on row and column, both counted from 1. */
    private static Tensor matrix(int m, int n, ToDoubleBiFunction<Integer, Integer> number) {
        double[] values = new double[m * n];
        for (int k = 0; k < values.length; k++) {
            values[k] = number.applyAsDouble(k / n + 1, k % n + 1);
        }
        return Tensor.constant(DType.FLOAT64, Shape.of(m, n), values);
    }

    private static Tensor product(Tensor matrix, Tensor x) {
        return matrix.matmul(x.reshape(length(x), 1)).reshape(matrix.shape().size(0));
    }
}
