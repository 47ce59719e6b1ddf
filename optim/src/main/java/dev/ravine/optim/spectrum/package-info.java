/**
 * The spectrum of a symmetric matrix, such as a Hessian, from its products with vectors: extreme eigenvalues
 * ({@link dev.ravine.optim.spectrum.Lanczos}), trace and diagonal ({@link dev.ravine.optim.spectrum.Hutchinson},
 * {@link dev.ravine.optim.spectrum.HutchPlusPlus}) and the density of all eigenvalues
 * ({@link dev.ravine.optim.spectrum.SpectralDensity}). All results depend on the matrix and a seed only.
 *
 * <p>This package may use {@code optim.linear} and the modules below. No other package of {@code optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.spectrum;
