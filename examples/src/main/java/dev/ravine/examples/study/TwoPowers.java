package dev.ravine.examples.study;

/**
 * y = a x^p + b x^q with coefficients that are not negative, fitted by least squares of relative errors.
 *
 * @param a of the lower power
 * @param b of the higher power
 * @param p the lower power
 * @param q the higher power
 */
record TwoPowers(double a, double b, int p, int q) {
    static TwoPowers fit(double[] x, double[] y, int p, int q) {
        double pp = 0;
        double pq = 0;
        double qq = 0;
        double py = 0;
        double qy = 0;
        for (int i = 0; i < x.length; i++) {
            double u = Math.pow(x[i], p) / y[i];
            double v = Math.pow(x[i], q) / y[i];
            pp += u * u;
            pq += u * v;
            qq += v * v;
            py += u;
            qy += v;
        }
        double determinant = pp * qq - pq * pq;
        double a = (py * qq - qy * pq) / determinant;
        double b = (qy * pp - py * pq) / determinant;
        if (!(a > 0)) {
            return new TwoPowers(0, qy / qq, p, q);
        }
        return b > 0 ? new TwoPowers(a, b, p, q) : new TwoPowers(py / pp, 0, p, q);
    }

    double at(double x) {
        return a * Math.pow(x, p) + b * Math.pow(x, q);
    }
}
