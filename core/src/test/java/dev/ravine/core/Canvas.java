package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays for tests, either with memory of their own or as views in the middle of a guarded vector. */
public final class Canvas {
    private static final double GUARD = -7.25;
    private static final int MARGIN = 5;

    private final DType dtype;
    private final boolean views;
    private final List<INDArray> roots = new ArrayList<>();

    public Canvas(DType dtype, boolean views) {
        this.dtype = dtype;
        this.views = views;
    }

    public INDArray of(Shape shape, double... values) {
        int n = (int) shape.count();
        assertThat(values).as("values for shape %s", shape).hasSize(n);
        if (!views) {
            return Arena.of(dtype, shape, values);
        }
        INDArray root = Arena.create(dtype, Shape.of(n + 2 * MARGIN));
        Elements all = Elements.of(root);
        for (int i = 0; i < all.size(); i++) {
            all.set(i, GUARD);
        }
        for (int i = 0; i < n; i++) {
            all.set(MARGIN + i, values[i]);
        }
        roots.add(root);
        return Arena.view(root, MARGIN, shape);
    }

    /** An array whose old contents must not matter. */
    public INDArray result(Shape shape) {
        double[] stale = new double[(int) shape.count()];
        Arrays.fill(stale, Double.NaN);
        return of(shape, stale);
    }

    public INDArray random(Shape shape, Rng rng, double low, double high) {
        double[] values = new double[(int) shape.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rng.nextDouble(low, high);
        }
        return of(shape, values);
    }

    public void assertNothingWrittenAround() {
        for (INDArray root : roots) {
            Elements all = Elements.of(root);
            for (int i = 0; i < MARGIN; i++) {
                assertThat(all.get(i)).as("element before the view").isEqualTo(GUARD);
                assertThat(all.get(all.size() - 1 - i))
                        .as("element after the view")
                        .isEqualTo(GUARD);
            }
        }
    }
}
