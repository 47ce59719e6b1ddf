package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.Rng;
import java.util.Arrays;
import java.util.Locale;

/**
 * A random change of an image that leaves its meaning, such as a shift. {@link Augmented} applies it to examples. All
 * randomness comes from the generator, so that the same generator gives the same image.
 */
public interface Augmentation {
    /**
     * Changes an image.
     *
     * @param image its numbers [height, width, channels], row by row; overwritten with the changed one
     * @param size of the image
     * @param rng of this image in this step
     */
    void apply(double[] image, Size size, Rng rng);

    /** {@return its name and settings, by which a resumed run knows it, such as {@code shift:2}} */
    @Override
    String toString();

    /**
     * The size of an image.
     *
     * @param height in pixels
     * @param width in pixels
     * @param channels numbers of a pixel
     */
    record Size(int height, int width, int channels) {
        /** {@return how many numbers an image has} */
        public int count() {
            return height * width * channels;
        }
    }

    /**
     * {@return a shift by a whole number of pixels from -most to most in each direction} Pixels that come in are 0. It
     * is what others call a random crop of an image with a border.
     *
     * @param most at least 1
     * @throws IllegalArgumentException if it is less than 1
     */
    static Augmentation shift(int most) {
        Check.atLeastOne("pixels of a shift", most);
        return named("shift:" + most, (image, size, rng) -> {
            int down = rng.nextInt(2 * most + 1) - most;
            int right = rng.nextInt(2 * most + 1) - most;
            double[] before = image.clone();
            Arrays.fill(image, 0);
            int channels = size.channels();
            int from = Math.max(0, right);
            int count = Math.max(0, size.width() - Math.abs(right)) * channels;
            for (int y = Math.max(0, down); count > 0 && y < Math.min(size.height(), size.height() + down); y++) {
                int source = ((y - down) * size.width() + Math.max(0, -right)) * channels;
                System.arraycopy(before, source, image, (y * size.width() + from) * channels, count);
            }
        });
    }

    /** {@return a swap of left and right, for every second image} */
    static Augmentation flip() {
        return named("flip", (image, size, rng) -> {
            if (!rng.nextBoolean()) {
                return;
            }
            double[] before = image.clone();
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    int to = (y * size.width() + x) * size.channels();
                    int from = (y * size.width() + size.width() - 1 - x) * size.channels();
                    System.arraycopy(before, from, image, to, size.channels());
                }
            }
        });
    }

    /**
     * {@return a part of the image, enlarged to its size} The part has the image's proportions, a side from {@code
     * least} to 1 times the image's, and any place. Numbers between pixels are bilinear.
     *
     * @param least above 0 and at most 1
     * @throws IllegalArgumentException if it is out of range
     */
    static Augmentation crop(double least) {
        if (!(least > 0 && least <= 1)) {
            throw new IllegalArgumentException("the least side of a crop is above 0 and at most 1, found " + least);
        }
        return named("crop:" + least, (image, size, rng) -> {
            double side = least + (1 - least) * rng.nextDouble();
            double top = rng.nextDouble() * (1 - side) * (size.height() - 1);
            double left = rng.nextDouble() * (1 - side) * (size.width() - 1);
            double[] before = image.clone();
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    Bilinear at = new Bilinear(
                            before, size.height(), size.width(), size.channels(), top + side * y, left + side * x);
                    for (int c = 0; c < size.channels(); c++) {
                        image[(y * size.width() + x) * size.channels() + c] = at.number(c);
                    }
                }
            }
        });
    }

    /**
     * {@return independent normal numbers added to all pixels}
     *
     * @param deviation above 0
     * @throws IllegalArgumentException if it is not positive
     */
    static Augmentation noise(double deviation) {
        Check.positive("the deviation of noise", deviation);
        return named("noise:" + deviation, (image, size, rng) -> {
            for (int i = 0; i < image.length; i++) {
                image[i] += deviation * rng.nextGaussian();
            }
        });
    }

    /**
     * {@return augmentations in words, such as {@code shift:2,flip,crop:0.8,noise:0.1}, in this order}
     *
     * @param words separated by commas
     * @throws IllegalArgumentException if a word is wrong, naming the right ones
     */
    static Augmentation[] parse(String words) {
        return Arrays.stream(words.split(",", -1)).map(Augmentation::word).toArray(Augmentation[]::new);
    }

    private static Augmentation word(String word) {
        String[] parts = word.strip().toLowerCase(Locale.ROOT).split(":", 2);
        try {
            if (parts.length == 1 && parts[0].equals("flip")) {
                return flip();
            }
            if (parts.length == 2 && parts[0].equals("shift")) {
                return shift(Integer.parseInt(parts[1]));
            }
            if (parts.length == 2 && parts[0].equals("crop")) {
                return crop(Double.parseDouble(parts[1]));
            }
            if (parts.length == 2 && parts[0].equals("noise")) {
                return noise(Double.parseDouble(parts[1]));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("augmentation '" + word + "': '" + parts[1] + "' is no number", e);
        }
        throw new IllegalArgumentException("there is no augmentation '" + word
                + "', but shift:PIXELS, flip, crop:LEAST and noise:DEVIATION, joined by commas");
    }

    /** What an augmentation does. */
    @FunctionalInterface
    interface Change {
        /**
         * Changes an image, as {@link Augmentation#apply} does.
         *
         * @param image overwritten
         * @param size of the image
         * @param rng of this image in this step
         */
        void apply(double[] image, Size size, Rng rng);
    }

    /**
     * {@return an augmentation that applies a given change}
     *
     * @param name with all settings; a resumed run with another name is refused
     * @param change of an image
     */
    static Augmentation named(String name, Change change) {
        return new Augmentation() {
            @Override
            public void apply(double[] image, Size size, Rng rng) {
                change.apply(image, size, rng);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
