package dev.ravine.core.data;

/**
 * A place between the pixels of an image.
 *
 * @param image [height, width, channels]
 * @param height of the image
 * @param width of the image
 * @param channels of the image
 * @param y from 0 to height - 1
 * @param x from 0 to width - 1
 */
@SuppressWarnings("ArrayRecordComponent")
record Bilinear(double[] image, int height, int width, int channels, double y, double x) {
    /** The number of a channel, linear between the two nearest pixels in each direction. */
    double number(int channel) {
        int top = (int) y;
        int left = (int) x;
        double down = y - top;
        double right = x - left;
        double above = (1 - right) * pixel(top, left, channel) + right * pixel(top, left + 1, channel);
        double below = (1 - right) * pixel(top + 1, left, channel) + right * pixel(top + 1, left + 1, channel);
        return (1 - down) * above + down * below;
    }

    /** A place beyond the last row or column has a weight of 0 apart from rounding. */
    private double pixel(int row, int column, int channel) {
        int within = Math.min(row, height - 1) * width + Math.min(column, width - 1);
        return image[within * channels + channel];
    }
}
