package dev.ravine.optim.leastsquares;

/** Student's t distribution with a whole number of degrees of freedom, and its limit, the normal one. */
final class StudentT {
    /** From here on the distribution is taken by its expansion about the normal one. */
    private static final double MANY = 50_000;

    private static final int HALVINGS = 200;

    private StudentT() {}

    /**
     * The number that |t| stays below with a probability.
     *
     * @param probability between 0 and 1
     * @param degrees of freedom, a positive whole number or infinite
     */
    static double twoSided(double probability, double degrees) {
        if (degrees > MANY) {
            return expanded(normal(probability), degrees);
        }
        double low = 0;
        double high = 1;
        while (within(high, degrees) < probability && high < 1e150) {
            high *= 2;
        }
        for (int i = 0; i < HALVINGS && low < high; i++) {
            double middle = low + (high - low) / 2;
            if (within(middle, degrees) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low + (high - low) / 2;
    }

    /** The probability of |t| below a number: Abramowitz and Stegun, 26.7.3 and 26.7.4. */
    static double within(double t, double degrees) {
        double cosine2 = degrees / (degrees + t * t);
        double sine = t / Math.sqrt(degrees + t * t);
        boolean isOdd = degrees % 2 == 1;
        double term = isOdd ? Math.sqrt(cosine2) : 1;
        double sum = degrees == 1 ? 0 : term;
        for (int k = isOdd ? 3 : 2; k < degrees - 1; k += 2) {
            term *= cosine2 * (k - 1) / k;
            sum += term;
        }
        return isOdd ? 2 / Math.PI * (Math.atan(t / Math.sqrt(degrees)) + sine * sum) : sine * sum;
    }

    /** Two terms of the quantile about the normal one's: Abramowitz and Stegun, 26.7.5. */
    private static double expanded(double x, double degrees) {
        double first = (x * x * x + x) / 4;
        double second = (5 * Math.pow(x, 5) + 16 * x * x * x + 3 * x) / 96;
        return x + first / degrees + second / degrees / degrees;
    }

    /**
     * The number that a standard normal variable's size stays below, by bisection of the series of the error function.
     */
    private static double normal(double probability) {
        double low = 0;
        double high = 40;
        for (int i = 0; i < HALVINGS && low < high; i++) {
            double middle = low + (high - low) / 2;
            if (normalWithin(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low + (high - low) / 2;
    }

    /** 2 phi(x) (x + x^3 / 3 + x^5 / 15 + ...), whose terms are all positive: Abramowitz and Stegun, 26.2.11. */
    private static double normalWithin(double x) {
        double term = x;
        double sum = 0;
        for (int k = 1; sum + term != sum; k++) {
            sum += term;
            term *= x * x / (2 * k + 1);
        }
        return Math.min(1, Math.sqrt(2 / Math.PI) * Math.exp(-x * x / 2) * sum);
    }
}
