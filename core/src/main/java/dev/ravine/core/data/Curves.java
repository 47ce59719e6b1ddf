package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Square images of smooth curves, each drawn from three random points: six numbers describe an image. Hinton and
 * Salakhutdinov (Science 313, 2006) trained a deep autoencoder on such images, and Martens (ICML 2010) compared
 * optimizers on theirs. These images are of the same kind and not the same ones.
 *
 * <p>The three points are uniform in the square. The curve is the quadratic Bezier curve that starts at the first
 * point, ends at the third, and is drawn towards the second. A pixel at distance d from the curve has the intensity
 * exp(-d^2 / 2 w^2), where the width w of the pen is one pixel at 28 pixels a side, and in proportion for other sizes.
 */
public final class Curves {
    private static final int SEGMENTS = 24;
    private static final double PEN = 1.0 / 28;
    /** Beyond as many widths of the pen, the intensity is below 1.2e-4, and 0 is drawn. */
    private static final double REACH = 4.25;

    private Curves() {}

    /**
     * Draws images, each an example whose target is the image itself.
     *
     * @param n the number of images, at least 1
     * @param side the number of pixels along each side, from 4 to 1,024
     * @param seed the same seed gives the same images
     * @return features and targets [n, side * side] in single precision, from 0 to 1, row after row of an image
     * @throws IllegalArgumentException if n or side is out of range
     */
    public static DataSet autoencoding(int n, int side, long seed) {
        if (n < 1) {
            throw new IllegalArgumentException("at least 1 image is needed, found " + n);
        }
        if (side < 4 || side > 1024) {
            throw new IllegalArgumentException("an image has from 4 to 1024 pixels a side, found " + side);
        }
        long numbers = (long) n * side * side;
        if (numbers > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(n + " images of " + side + " x " + side + " pixels are " + numbers
                    + " numbers, more than an array holds: draw fewer images, or smaller ones");
        }
        int pixels = side * side;
        INDArray images = Arena.create(DType.FLOAT32, Shape.of(n, pixels));
        Elements elements = Elements.of(images);
        Rng rng = new Rng(seed);
        double[] squares = new double[pixels];
        for (int i = 0; i < n; i++) {
            draw(points(rng), side, squares);
            ink(squares);
            elements.write(i * pixels, pixels, squares);
        }
        return DataSet.autoencoding(images);
    }

    /** Coordinates x and y of three points in the unit square. */
    private static double[] points(Rng rng) {
        double[] points = new double[6];
        for (int i = 0; i < points.length; i++) {
            points[i] = rng.nextDouble();
        }
        return points;
    }

    /**
     * The squared distance of each pixel to the curve, in sides of the image; infinite where the pen does not reach.
     */
    private static void draw(double[] points, int side, double[] squares) {
        Arrays.fill(squares, Double.POSITIVE_INFINITY);
        double x = points[0];
        double y = points[1];
        for (int s = 1; s <= SEGMENTS; s++) {
            double t = (double) s / SEGMENTS;
            double nextX = bezier(points[0], points[2], points[4], t);
            double nextY = bezier(points[1], points[3], points[5], t);
            segment(x, y, nextX, nextY, side, squares);
            x = nextX;
            y = nextY;
        }
    }

    private static double bezier(double start, double towards, double end, double t) {
        return (1 - t) * (1 - t) * start + 2 * t * (1 - t) * towards + t * t * end;
    }

    /** Lowers the squared distances to those of one straight piece. */
    private static void segment(double x0, double y0, double x1, double y1, int side, double[] squares) {
        double reach = REACH * PEN;
        int left = pixel(Math.min(x0, x1) - reach, side);
        int right = pixel(Math.max(x0, x1) + reach, side);
        int top = pixel(Math.min(y0, y1) - reach, side);
        int bottom = pixel(Math.max(y0, y1) + reach, side);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double length = dx * dx + dy * dy;
        for (int row = top; row <= bottom; row++) {
            double py = (row + 0.5) / side - y0;
            for (int column = left; column <= right; column++) {
                double px = (column + 0.5) / side - x0;
                double along = length == 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
                double ex = px - along * dx;
                double ey = py - along * dy;
                int at = row * side + column;
                squares[at] = Math.min(squares[at], ex * ex + ey * ey);
            }
        }
    }

    private static int pixel(double place, int side) {
        return Math.min(side - 1, Math.max(0, (int) Math.floor(place * side)));
    }

    /** Makes intensities of squared distances. */
    private static void ink(double[] squares) {
        double reach = REACH * PEN * REACH * PEN;
        for (int i = 0; i < squares.length; i++) {
            squares[i] = squares[i] > reach ? 0 : Math.exp(-squares[i] / (2 * PEN * PEN));
        }
    }
}
