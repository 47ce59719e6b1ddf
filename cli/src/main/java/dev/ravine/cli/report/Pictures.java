package dev.ravine.cli.report;

import java.util.List;

/**
 * Small grey images in rows, such as inputs above their reconstructions, or weights.
 *
 * @param name of its files
 * @param caption says what they show
 * @param rows images in rows
 */
public record Pictures(String name, String caption, List<Row> rows) implements Report.Element {
    /**
     * Images with one caption.
     *
     * @param caption says what this row shows
     * @param images from left to right
     */
    public record Row(String caption, List<Image> images) {}

    /**
     * One image.
     *
     * @param width in pixels
     * @param height in pixels
     * @param pixels row by row, black at their smallest value and white at their largest
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Image(int width, int height, double[] pixels) {
        /**
         * Checks the size.
         *
         * @param width at least 1
         * @param height at least 1
         * @param pixels row by row
         * @throws IllegalArgumentException if there are no pixels, or their number does not match the size
         */
        public Image {
            if (width < 1 || height < 1 || pixels.length != width * height) {
                throw new IllegalArgumentException(
                        "an image of " + width + " x " + height + " pixels was given " + pixels.length + " numbers");
            }
        }
    }
}
