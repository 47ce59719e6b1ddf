package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Kernel;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a graph begins: an op without inputs, told apart from others by identity. */
abstract sealed class Leaf implements Op {
    private final String label;
    private final DType dtype;
    private final Shape shape;

    Leaf(String label, DType dtype, Shape shape) {
        this.label = label;
        this.dtype = dtype;
        this.shape = shape;
    }

    /** The numbers, or null if only a program gives them. */
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
    public Tensor jvp(Tensor y, int i, Tensor tangent) {
        return null;
    }

    @Override
    public Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return null;
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

    /** Numbers that their owner changes in place and says so. */
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

    /** A place for numbers that a program is given. */
    static final class Input extends Leaf {
        Input(String label, DType dtype, Shape shape) {
            super(label, dtype, shape);
        }

        @Override
        INDArray array() {
            return null;
        }
    }

    /** Numbers drawn at random: once for a value that a script asks for, anew whenever a program resamples. */
    static final class Noise extends Leaf {
        private final BiConsumer<INDArray, Rng> sampler;
        private final long seed;
        private INDArray array;

        Noise(String label, DType dtype, Shape shape, long seed, BiConsumer<INDArray, Rng> sampler) {
            super(label, dtype, shape);
            this.seed = seed;
            this.sampler = sampler;
        }

        @Override
        synchronized INDArray array() {
            if (array == null) {
                array = Arena.create(dtype(), infer());
                sample(array, 0, 1);
            }
            return array;
        }

        long seed() {
            return seed;
        }

        /**
         * Fills an array. With resampling 0 and place 1 it draws what {@link #array()} holds, so that a value asked for and
         * a program that has not been resampled agree.
         *
         * @param resampling the seed of a program's draw
         * @param place this leaf's, from 1, among those of a graph that share its own seed
         */
        void sample(INDArray out, long resampling, int place) {
            sampler.accept(out, new Rng(resampling).split(seed).split(place));
        }
    }
}
