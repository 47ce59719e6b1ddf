package dev.ravine.optim.newton;

import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.KroneckerFactors;

/**
 * How Kronecker factors precondition.
 *
 * @param factors how they are made
 * @param damping how they are damped
 * @param share the part of the curvature's examples that they are made from
 * @param every how many steps an inverse is used
 */
record KroneckerSettings(KroneckerFactors.Builder factors, FactorDamping damping, double share, int every) {}
