package dev.ravine.optim.newton;

/** How {@link NonlinearConjugateGradients} choose the next direction. */
public enum ConjugacyRule {
    /** beta = g'g / g0'g0 (Fletcher and Reeves, Computer Journal 7, 1964), where g0 is the gradient before. */
    FLETCHER_REEVES,
    /**
     * beta = max(0, g'(g - g0) / g0'g0) (Polak and Ribière, 1969; PR+ of Gilbert and Nocedal, SIAM J. Optim. 2, 1992).
     */
    POLAK_RIBIERE,
    /**
     * beta = g'y / p'y, with a third term along the direction that followed the last restart (Beale, 1972), and
     * restarts where successive gradients are far from orthogonal (Powell, Mathematical Programming 12, 1977).
     */
    POWELL_BEALE
}
