package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution in which every channel has weights of its own and meets no other. It goes line by line: each line of
 * outputs meets the lines of the image that its windows see, and inner loops run over the channels. Sums are in double
 * precision.
 */
final class DepthwiseConvolution implements Kernel {
    private final ConvolutionRole role;
    private final ImageWindows windows;
    private final double beta;
    private final int channels;
    private final Elements x;
    private final Elements w;
    private final Elements y;
    private final double[] imageLine;
    private final double[] outputLine;
    private final double[] weights;

    DepthwiseConvolution(ConvolutionRole role, INDArray x, INDArray w, INDArray y, Window window, double beta) {
        this.role = role;
        this.windows = new ImageWindows(Shape.of(x), window);
        this.beta = beta;
        this.channels = windows.channels;
        this.x = Elements.of(x);
        this.w = Elements.of(w);
        this.y = Elements.of(y);
        this.imageLine = new double[windows.width * channels];
        this.outputLine = new double[windows.outWidth * channels];
        this.weights = new double[this.w.size()];
    }

    @Override
    public void run() {
        if (role == ConvolutionRole.WEIGHTS && beta == 0) {
            Arrays.fill(weights, 0);
        } else {
            w.read(0, weights.length, weights);
        }
        if (role == ConvolutionRole.IMAGES) {
            imagesFromOutputs();
        } else {
            linesOfOutputs();
        }
        if (role == ConvolutionRole.WEIGHTS) {
            w.write(0, weights.length, weights);
        }
    }

    /** Goes through the lines of outputs, which are computed or read. */
    private void linesOfOutputs() {
        for (int line = 0; line < windows.examples * windows.outHeight; line++) {
            int at = line * outputLine.length;
            if (role == ConvolutionRole.OUTPUTS && beta == 0) {
                Arrays.fill(outputLine, 0);
            } else {
                y.read(at, outputLine.length, outputLine);
            }
            for (int k = 0; k < windows.rows; k++) {
                int seen = windows.line(line % windows.outHeight, k);
                if (windows.hasLine(seen)) {
                    int image = line / windows.outHeight * windows.height + seen;
                    x.read(image * imageLine.length, imageLine.length, imageLine);
                    meet(k);
                }
            }
            if (role == ConvolutionRole.OUTPUTS) {
                y.write(at, outputLine.length, outputLine);
            }
        }
    }

    /** Goes through the lines of images: each is complete before it is rounded. */
    private void imagesFromOutputs() {
        for (int line = 0; line < windows.examples * windows.height; line++) {
            int at = line * imageLine.length;
            if (beta == 0) {
                Arrays.fill(imageLine, 0);
            } else {
                x.read(at, imageLine.length, imageLine);
            }
            for (int k = 0; k < windows.rows; k++) {
                int seeing = windows.seeing(line % windows.height, k);
                if (seeing >= 0) {
                    int output = line / windows.height * windows.outHeight + seeing;
                    y.read(output * outputLine.length, outputLine.length, outputLine);
                    meet(k);
                }
            }
            x.write(at, imageLine.length, imageLine);
        }
    }

    /** Row k of the window, over a line of the image and a line of outputs. */
    private void meet(int k) {
        for (int tap = 0; tap < windows.columns; tap++) {
            int from = (k * windows.columns + tap) * channels;
            for (int column = windows.firstColumn(tap); column < windows.endColumn(tap); column++) {
                int image = windows.column(column, tap) * channels;
                int output = column * channels;
                switch (role) {
                    case OUTPUTS -> addProduct(imageLine, image, weights, from, outputLine, output);
                    case IMAGES -> addProduct(outputLine, output, weights, from, imageLine, image);
                    case WEIGHTS -> addProduct(imageLine, image, outputLine, output, weights, from);
                }
            }
        }
    }

    private void addProduct(double[] a, int fromA, double[] b, int fromB, double[] sum, int to) {
        for (int i = 0; i < channels; i++) {
            sum[to + i] += a[fromA + i] * b[fromB + i];
        }
    }
}
