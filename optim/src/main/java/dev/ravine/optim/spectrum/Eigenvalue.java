package dev.ravine.optim.spectrum;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An approximate eigenvalue.
 *
 * @param value the approximation
 * @param residual ||A x - value x|| of the vector x of length 1 that belongs to it, measured by a product of A, plus 16
 *     units of rounding of ||A|| in the dtype of A's vectors: an eigenvalue of A lies no further away than this. The
 *     error is often far smaller, about residual^2 over the distance to the next eigenvalue.
 * @param isConverged whether the residual is as small as was asked for, or as rounding allows
 * @param vector x, where vectors were asked for
 */
public record Eigenvalue(double value, double residual, boolean isConverged, Optional<INDArray> vector) {}
