package dev.ravine.nn;

import dev.ravine.autodiff.NoiseSampler;
import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;

/**
 * How the losses of {@link Loss} curve in the outputs z, and the distributions whose negative log-likelihood they are.
 */
final class LossCurvatures {
    /** Distinguishes drawn targets from other noise. */
    private static final long SEED = 0x7461726765747321L;

    private LossCurvatures() {}

    /**
     * Softmax and cross-entropy: H = diag(p) - p p'. A class is drawn by the largest of ln p + Gumbel noise. The factor
     * is B = diag(sqrt p) - p sqrt(p)'.
     */
    record Softmax(Tensor outputs) implements OutputCurvature {
        @Override
        public Tensor sampled() {
            Tensor scores = outputs.add(noise(outputs, Softmax::gumbel));
            int last = outputs.shape().rank() - 1;
            Tensor drawn =
                    scores.equalTo(scores.max(last).reshape(scores.shape().keeping(last)));
            return outputs.softmax(last).sub(drawn);
        }

        /** Two equal scores would count as two classes; with noise of this many digits they do not occur. */
        private static void gumbel(Elements out, int from, int to, Rng rng) {
            for (int i = from; i < to; i++) {
                out.set(i, -Math.log(-Math.log(positive(rng))));
            }
        }

        @Override
        public Tensor root(Tensor u) {
            int last = outputs.shape().rank() - 1;
            Tensor p = outputs.softmax(last);
            Tensor scaled = p.sqrt().mul(u);
            return scaled.sub(p.mul(scaled.sumKeeping(last)));
        }
    }

    /** The logistic function and cross-entropy of each output, times a weight: H = weight diag(p (1 - p)). */
    record Logistic(Tensor outputs, double weight) implements OutputCurvature {
        @Override
        public Tensor sampled() {
            Tensor p = outputs.sigmoid();
            Tensor drawn = p.greater(noise(outputs, Logistic::uniform));
            return p.sub(drawn).mul(Math.sqrt(weight));
        }

        private static void uniform(Elements out, int from, int to, Rng rng) {
            for (int i = from; i < to; i++) {
                out.set(i, rng.nextDouble());
            }
        }

        @Override
        public Tensor root(Tensor u) {
            Tensor p = outputs.sigmoid();
            return p.mul(p.neg().add(1)).mul(weight).sqrt().mul(u);
        }
    }

    /** A weight times the squared distance of each output: H = 2 weight I, that of a normal distribution. */
    record Squares(Tensor outputs, double weight) implements OutputCurvature {
        @Override
        public Tensor sampled() {
            return noise(outputs, Squares::gaussian).mul(Math.sqrt(2 * weight));
        }

        private static void gaussian(Elements out, int from, int to, Rng rng) {
            for (int i = from; i < to; i++) {
                out.set(i, rng.nextGaussian());
            }
        }

        @Override
        public Tensor root(Tensor u) {
            return u.mul(Math.sqrt(2 * weight));
        }
    }

    /** A weight times Huber's function of each residual: H is the weight within delta and 0 beyond. */
    record Huber(Tensor outputs, Tensor targets, double delta, double weight) implements OutputCurvature {
        @Override
        public Tensor sampled() {
            throw new UnsupportedOperationException(
                    "Huber's loss has no distribution to draw targets from, whose Fisher"
                            + " matrix would be its Hessian; use cotangents RADEMACHER, EXACT, EMPIRICAL or NONE");
        }

        @Override
        public Tensor root(Tensor u) {
            Tensor residual = outputs.sub(targets);
            Tensor isInside =
                    residual.abs().greater(residual.filled(delta)).neg().add(1);
            return isInside.mul(u).mul(Math.sqrt(weight));
        }
    }

    /** Another curvature H whose blocks are multiplied by the squares of factors, which broadcast to the outputs. */
    record Weighted(OutputCurvature each, Tensor factors) implements OutputCurvature {
        @Override
        public Tensor sampled() {
            return each.sampled().mul(factors);
        }

        @Override
        public Tensor root(Tensor u) {
            return each.root(u).mul(factors);
        }
    }

    private static double positive(Rng rng) {
        double u = rng.nextDouble();
        return u > 0 ? u : Double.MIN_NORMAL;
    }

    private static Tensor noise(Tensor like, NoiseSampler sampler) {
        return Tensor.noisePerExample("drawn targets", like.dtype(), like.shape(), SEED, sampler);
    }
}
