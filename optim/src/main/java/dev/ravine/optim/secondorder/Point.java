package dev.ravine.optim.secondorder;

import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a step begins.
 *
 * @param step its number, from 0: how many steps were made before it
 * @param objective what to minimise
 * @param theta the point; an attempt must not change it
 * @param scope the examples of the gradient
 * @param lossScope the examples of the loss, and of values to be compared with it
 * @param loss f(theta)
 * @param gradient its gradient; an attempt must not change it
 * @param gradientNorm the gradient's norm
 */
public record Point(
        long step,
        Objective objective,
        INDArray theta,
        Scope scope,
        Scope lossScope,
        double loss,
        INDArray gradient,
        double gradientNorm) {}
