/**
 * The spectrum of a symmetric matrix that is known by its products with vectors only, such as a Hessian: extreme
 * eigenvalues ({@link dev.ravine.optim.spectrum.Lanczos}), trace and diagonal
 * ({@link dev.ravine.optim.spectrum.Hutchinson}, {@link dev.ravine.optim.spectrum.HutchPlusPlus}) and the density of
 * all eigenvalues ({@link dev.ravine.optim.spectrum.SpectralDensity}). All results depend on the matrix and a seed
 * only.
 */
package dev.ravine.optim.spectrum;
