package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images that change at random each time they are trained on. An image depends on its number and on the seed of the
 * step, which an optimizer draws anew for each step, as dropout masks do. A pass over mini-batches visits each image
 * once, so it is a function of image and epoch. It is the same for any number of workers, in all evaluations of a step,
 * and after a resume. With the seed 0, which evaluations outside of training and methods without randomness have
 * ({@code lbfgs}, {@code newton-cg}), images are as they are.
 */
public final class Augmented implements ExampleSource {
    private final ExampleSource source;
    private final Augmentation.Size size;
    private final List<Augmentation> augmentations;

    private Augmented(ExampleSource source, Augmentation.Size size, List<Augmentation> augmentations) {
        this.source = source;
        this.size = size;
        this.augmentations = augmentations;
    }

    /**
     * {@return images that are augmented in the given order}
     *
     * @param images in memory or streamed, whose features are the numbers of an image [height, width, channels], flat
     *     or not
     * @param size of an image
     * @param augmentations at least one
     * @throws ShapeException if the features are of another size, or not floating-point
     * @throws IllegalArgumentException if there is no augmentation
     */
    public static Augmented of(ExampleSource images, Augmentation.Size size, Augmentation... augmentations) {
        if (images.featureShape().count() != size.count()
                || !images.featureType().isFloating()) {
            throw new ShapeException("augmented images: " + size + " are " + size.count()
                    + " floating-point numbers, but the examples are " + images.featureType() + " "
                    + images.featureShape() + "; give the size of the images");
        }
        if (augmentations.length == 0) {
            throw new IllegalArgumentException(
                    "no augmentation; leave the examples as they are, or name one such as" + " Augmentation.shift(2)");
        }
        return new Augmented(images, size, List.of(augmentations));
    }

    @Override
    public RowCopy rowCopy(int count, INDArray featuresOut, INDArray targetsOut) {
        RowCopy copy = source.rowCopy(count, featuresOut, targetsOut);
        Elements images = Elements.of(featuresOut);
        double[] image = new double[size.count()];
        return new RowCopy() {
            @Override
            public void run(int[] rows, int from) {
                copy.run(rows, from);
            }

            @Override
            public void run(int[] rows, int from, long seed) {
                copy.run(rows, from, seed);
                if (seed == 0) {
                    return;
                }
                Rng step = new Rng(seed).split("augmentation");
                for (int i = 0; i < count; i++) {
                    Rng own = step.split(rows[from + i]);
                    images.read(i * image.length, image.length, image);
                    for (Augmentation each : augmentations) {
                        each.apply(image, size, own);
                    }
                    images.write(i * image.length, image.length, image);
                }
            }
        };
    }

    @Override
    public long checksum() {
        CRC32C crc = new CRC32C();
        crc.update((size + " " + augmentations).getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(source.checksum()).flip());
        return crc.getValue();
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public int block() {
        return source.block();
    }

    @Override
    public DType dtype() {
        return source.dtype();
    }

    @Override
    public DType featureType() {
        return source.featureType();
    }

    @Override
    public DType targetType() {
        return source.targetType();
    }

    @Override
    public Shape featureShape() {
        return source.featureShape();
    }

    @Override
    public Shape targetShape() {
        return source.targetShape();
    }

    @Override
    public boolean hasLabels() {
        return source.hasLabels();
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public Optional<ExampleWeights> weights() {
        return source.weights();
    }

    @Override
    public RowCopy weightCopy(int count, INDArray weights) {
        return source.weightCopy(count, weights);
    }

    @Override
    public String toString() {
        return "Augmented[" + source + ", " + augmentations + "]";
    }
}
