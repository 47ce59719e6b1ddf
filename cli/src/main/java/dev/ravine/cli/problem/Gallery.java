package dev.ravine.cli.command;

import dev.ravine.cli.report.Pictures;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Small images that show what a net has learned.
 *
 * @param name of their files
 * @param caption what they show
 * @param originals what to compare them with; empty if with nothing
 * @param learned of the net as it stands
 */
record Gallery(String name, String caption, Optional<Pictures.Row> originals, Supplier<List<Pictures.Image>> learned) {
    /** The side of square images of so many pixels; empty if there are none. */
    static Optional<Integer> side(long pixels) {
        int side = (int) Math.round(Math.sqrt((double) pixels));
        return (long) side * side == pixels ? Optional.of(side) : Optional.empty();
    }
}
