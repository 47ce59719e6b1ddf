package dev.ravine.cli.problem;

import dev.ravine.cli.report.Pictures;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Small images that show what a net has learned.
 *
 * @param name of the files
 * @param caption what the images show
 * @param originals images to compare them with, if there are any
 * @param learned makes the images of the net as it stands
 */
public record Gallery(
        String name, String caption, Optional<Pictures.Row> originals, Supplier<List<Pictures.Image>> learned) {
    /**
     * {@return the side of a square image, or empty if no square has this number of pixels}
     *
     * @param pixels of an image
     */
    public static Optional<Integer> side(long pixels) {
        int side = (int) Math.round(Math.sqrt((double) pixels));
        return (long) side * side == pixels ? Optional.of(side) : Optional.empty();
    }
}
