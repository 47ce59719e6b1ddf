/**
 * A door for people who know the training functions of MATLAB's toolbox: the same names and defaults, on Ravine's
 * optimizers and its training loop. MATLAB is a trademark of The MathWorks, Inc., which has nothing to do with Ravine.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.firstorder}, {@code
 * optim.newton}, {@code optim.leastsquares}, {@code optim.training} and the modules below. No other package of {@code
 * optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.matlab;
