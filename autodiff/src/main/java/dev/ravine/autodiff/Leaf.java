package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The start of a graph: an op without operands. Two leaves are equal only if they are the same object. */
abstract sealed class Leaf implements ZeroDerivative {
    private final String label;
    private final DType dtype;
    private final Shape shape;

    Leaf(String label, DType dtype, Shape shape) {
        this.label = label;
        this.dtype = dtype;
        this.shape = shape;
    }

    /** Whether the first axis counts examples, although the leaf is no data. */
    boolean hasExamples() {
        return false;
    }

    /** The numbers, or null for an input, which only a program can set. */
    abstract INDArray array();

    /** When the numbers last changed, on the clock of {@link Variable#now()}; 0 if never. */
    long changedAt() {
        return 0;
    }

    String label() {
        return label;
    }

    @Override
    public Shape infer(Tensor... in) {
        return shape;
    }

    @Override
    public DType dtype(Tensor... in) {
        return dtype;
    }

    @Override
    public Kernel bind(INDArray[] in, INDArray out) {
        throw new IllegalStateException(name() + " '" + label + "' has numbers, it does not compute them");
    }

    @Override
    public long cost(Tensor y) {
        return 0;
    }

    /** Numbers that never change. */
    static final class Constant extends Leaf {
        private final INDArray array;

        Constant(INDArray array) {
            super("constant", DType.of(array), Shape.of(array));
            this.array = array;
        }

        @Override
        INDArray array() {
            return array;
        }
    }

    /** Numbers that their owner may change in place, calling {@link #touch} afterwards. */
    static final class Variable extends Leaf {
        private static final AtomicLong CLOCK = new AtomicLong();

        private final INDArray array;
        private volatile long changedAt;

        Variable(String label, INDArray array) {
            super(label, DType.of(array), Shape.of(array));
            this.array = array;
        }

        static long now() {
            return CLOCK.get();
        }

        @Override
        INDArray array() {
            return array;
        }

        @Override
        long changedAt() {
            return changedAt;
        }

        void touch() {
            changedAt = CLOCK.incrementAndGet();
        }
    }

    /** A placeholder that is set in a program. */
    static final class Input extends Leaf {
        Input(String label, DType dtype, Shape shape) {
            super(label, dtype, shape);
        }

        @Override
        INDArray array() {
            return null;
        }
    }

    /** Random numbers: drawn once for {@link Tensor#value}, and again whenever a program resamples. */
    static final class Noise extends Leaf {
        private final NoiseSampler sampler;
        private final boolean perExample;
        private final long seed;
        private INDArray array;

        Noise(String label, DType dtype, Shape shape, boolean perExample, long seed, NoiseSampler sampler) {
            super(label, dtype, shape);
            this.perExample = perExample;
            this.seed = seed;
            this.sampler = sampler;
        }

        @Override
        boolean hasExamples() {
            return perExample;
        }

        /** What distinguishes this noise from others. */
        long seed() {
            return seed;
        }

        NoiseSampler sampler() {
            return sampler;
        }

        /** What distinguishes this noise from others, besides its sampler. */
        String settings() {
            return (perExample ? "for each example" : "for all") + " of seed " + seed;
        }

        @Override
        synchronized INDArray array() {
            if (array == null) {
                array = Arena.create(dtype(), infer());
                sample(array, 0, null, 0);
            }
            return array;
        }

        /**
         * Fills an array. Without examples, resampling 0 draws the numbers of {@link #array()}, so a value and a
         * program that was never resampled agree.
         *
         * @param resampling the seed of a program's draw
         * @param examples the number of the example in each row, or null for 0, 1, 2, ...
         * @param from the index in {@code examples} of the first row
         */
        void sample(INDArray out, long resampling, int[] examples, int from) {
            Rng rng = new Rng(resampling).split(seed);
            Elements elements = Elements.of(out);
            if (!perExample) {
                sampler.fill(elements, 0, elements.size(), rng);
                return;
            }
            int rows = (int) infer().size(0);
            int width = rows == 0 ? 0 : elements.size() / rows;
            for (int r = 0; r < rows; r++) {
                Rng own = rng.split(examples == null ? r : examples[from + r]);
                sampler.fill(elements, r * width, (r + 1) * width, own);
            }
        }
    }
}
