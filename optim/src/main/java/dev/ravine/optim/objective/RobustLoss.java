package dev.ravine.optim.objective;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What a residual r costs in a fit that outliers must not spoil: C^2 rho((r / C)^2) / 2 instead of r^2 / 2, as in
 * SciPy's {@code least_squares}, where C is its {@code f_scale}: about the size up to which residuals are no outliers.
 *
 * <p>{@link #transform} gives residuals sign(r) C sqrt(rho((r / C)^2)). Half their sum of squares is the cost, so
 * methods for least squares minimise it as it is.
 */
public final class RobustLoss {
    private enum Kind {
        HUBER,
        SOFT_L1,
        CAUCHY
    }

    private final Kind kind;
    private final double scale;

    private RobustLoss(Kind kind, double scale) {
        this.kind = kind;
        this.scale = Check.positive("the scale of a robust loss", scale);
    }

    /**
     * Huber's loss: rho(z) = z up to z = 1, then 2 sqrt(z) - 1.
     *
     * @param scale C, positive
     * @return the loss
     */
    public static RobustLoss huber(double scale) {
        return new RobustLoss(Kind.HUBER, scale);
    }

    /**
     * A smooth relative of Huber's loss: rho(z) = 2 (sqrt(1 + z) - 1).
     *
     * @param scale C, positive
     * @return the loss
     */
    public static RobustLoss softL1(double scale) {
        return new RobustLoss(Kind.SOFT_L1, scale);
    }

    /**
     * Cauchy's loss, which nearly ignores far outliers, and can have several minima: rho(z) = ln(1 + z).
     *
     * @param scale C, positive
     * @return the loss
     */
    public static RobustLoss cauchy(double scale) {
        return new RobustLoss(Kind.CAUCHY, scale);
    }

    /**
     * {@return residuals whose squares are C^2 rho((r / C)^2), with the signs of r}
     *
     * @param residuals r, of any shape
     */
    public Tensor transform(Tensor residuals) {
        Tensor size = residuals.abs().div(scale);
        return switch (kind) {
            case HUBER -> farOr(residuals, size, far -> far.sub(0.5), residuals);
            case SOFT_L1 ->
                farOr(
                        residuals,
                        size,
                        far -> root(far).sub(1),
                        residuals.mul(
                                root(size.clip(0, 1)).add(1).reciprocal().mul(2).sqrt()));
            case CAUCHY -> {
                // ln(1 + z) as softplus(ln z), which neither overflows nor cancels; below the limit it is z up to
                // rounding.
                Tensor positive = size.clip(residuals.dtype() == DType.FLOAT32 ? 1e-4 : 1e-9, Double.POSITIVE_INFINITY);
                yield residuals.mul(positive.log().mul(2).softplus().sqrt().div(positive));
            }
        };
    }

    /**
     * Where the size is above 1, sign(r) C sqrt(2 f(size)), whose derivatives neither overflow nor underflow on the
     * way; else what is near.
     */
    private Tensor farOr(Tensor residuals, Tensor size, UnaryOperator<Tensor> f, Tensor near) {
        Tensor above = size.clip(1, Double.POSITIVE_INFINITY);
        Tensor far = f.apply(above).sqrt().mul(Math.sqrt(2) * scale).mul(residuals.sign());
        return Tensor.where(size.greater(size.filled(1)), far, near);
    }

    /** sqrt(1 + size^2) without overflow. */
    private static Tensor root(Tensor size) {
        Tensor scale = size.clip(1, Double.POSITIVE_INFINITY).detach();
        Tensor one = scale.reciprocal();
        return one.square().add(size.mul(one).square()).sqrt().mul(scale);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + "(" + scale + ")";
    }
}
