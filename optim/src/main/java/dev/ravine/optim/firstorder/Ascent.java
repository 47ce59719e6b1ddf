package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.kernels.Vectors;

/**
 * The way uphill of theta that sharpness-aware minimization goes: rho T^2 g / ||T g||, with T = |theta| + eta if it is
 * adaptive, else 1.
 *
 * @param rho how far
 * @param adaptive whether each element's part is in the scale of the element
 * @param eta the scale of elements that are 0
 */
record Ascent(double rho, boolean adaptive, double eta) {
    /**
     * Overwrites the point; returns whether there is a way, which there is not where the gradient is 0 or not finite.
     */
    boolean climb(Elements theta, Elements gradient, Elements point) {
        double norm = adaptive ? scaledNorm(theta, gradient) : Vectors.norm(gradient);
        if (!(norm > 0 && norm < Double.POSITIVE_INFINITY)) {
            return false;
        }
        double factor = rho / norm;
        double[] x = new double[Chunk.LENGTH];
        double[] g = new double[Chunk.LENGTH];
        Hold.enter(theta, gradient);
        try {
            for (int from = 0; from < theta.size(); from += Chunk.LENGTH) {
                int count = Math.min(Chunk.LENGTH, theta.size() - from);
                theta.read(from, count, x);
                gradient.read(from, count, g);
                for (int i = 0; i < count; i++) {
                    double scale = scale(x[i]);
                    x[i] += factor * scale * scale * g[i];
                }
                point.write(from, count, x);
            }
        } finally {
            Hold.exit(theta, gradient);
        }
        return true;
    }

    private double scale(double element) {
        return adaptive ? Math.abs(element) + eta : 1;
    }

    private double scaledNorm(Elements theta, Elements gradient) {
        double sum = 0;
        Hold.enter(theta, gradient);
        try {
            for (int i = 0; i < theta.size(); i++) {
                double scaled = scale(theta.get(i)) * gradient.get(i);
                sum += scaled * scaled;
            }
        } finally {
            Hold.exit(theta, gradient);
        }
        return Math.sqrt(sum);
    }
}
