package dev.ravine.core;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whose memory an array is. ND4J's arrays have no room for an owner, so it is kept beside them. */
public final class ArrayMemory {
    private static final Map<Object, Owner> OF_BUFFER = new ConcurrentHashMap<>();
    private static final ReferenceQueue<DataBuffer> GONE = new ReferenceQueue<>();

    private ArrayMemory() {}

    /**
     * An arena as its arrays see it. It does not keep an open arena alive: memory of an arena that nobody closed goes
     * back when nobody knows arena or arrays any more.
     */
    static final class Owner {
        private final WeakReference<Lifetime> open;
        private volatile Lifetime closed;

        Owner(Lifetime lifetime) {
            this.open = new WeakReference<>(lifetime);
        }

        /** Called when the memory was returned. */
        void end(Lifetime lifetime) {
            closed = lifetime;
        }

        private Lifetime lifetime() {
            Lifetime ended = closed;
            Lifetime lifetime = ended == null ? open.get() : ended;
            return lifetime == null ? Lifetime.ENDLESS : lifetime;
        }
    }

    /** Found by {@link Sought}: buffers must be compared by identity. */
    private static final class Known extends WeakReference<DataBuffer> {
        private final int hash;

        Known(DataBuffer buffer) {
            super(buffer, GONE);
            this.hash = System.identityHashCode(buffer);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    private record Sought(DataBuffer buffer) {
        @Override
        public int hashCode() {
            return System.identityHashCode(buffer);
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // ND4J's equality compares numbers
        public boolean equals(Object other) {
            return other instanceof Known known && known.get() == buffer;
        }
    }

    static void add(INDArray array, Owner owner) {
        for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
            OF_BUFFER.remove(gone);
        }
        DataBuffer memory = memory(array);
        if (memory != null) {
            OF_BUFFER.put(new Known(memory), owner);
        }
    }

    /**
     * {@return the lifetime of an array's memory: its arena's, also for views; {@link Lifetime#ENDLESS} if it has none}
     *
     * @param array any array
     */
    public static Lifetime lifetime(INDArray array) {
        DataBuffer memory = memory(array);
        Owner owner = memory == null ? null : OF_BUFFER.get(new Sought(memory));
        return owner == null ? Lifetime.ENDLESS : owner.lifetime();
    }

    /**
     * Checks that an array still has its memory.
     *
     * @param array any array
     * @return its lifetime
     * @throws IllegalStateException if its arena, or the array itself, was closed
     */
    public static Lifetime requireOpen(INDArray array) {
        Lifetime lifetime = lifetime(array);
        lifetime.require();
        if (array.wasClosed()) {
            throw new IllegalStateException("an array of shape " + Shape.of(array)
                    + " was closed by INDArray.close(); use it before that, or let its arena close it");
        }
        return lifetime;
    }

    /** The buffer behind all views of it; null for an array without elements. */
    static DataBuffer memory(INDArray array) {
        DataBuffer data = array.isEmpty() ? null : array.data();
        return data == null || data.originalDataBuffer() == null ? data : data.originalDataBuffer();
    }
}
