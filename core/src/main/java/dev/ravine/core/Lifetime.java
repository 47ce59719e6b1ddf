package dev.ravine.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/**
 * How long an object may be used. Whoever uses its memory stands between {@link #enter} and {@link #exit}. Closing
 * forbids new uses at once, in all threads. What the object holds is released when nobody uses it any more: at once, or
 * when the last use that had begun before has ended. So closing never waits, and never pulls memory away from a
 * computation in another thread.
 *
 * <p>A use costs two atomic additions, a {@linkplain #require() check} costs one read.
 */
public final class Lifetime {
    /** Of memory that nobody closes: the garbage collector returns it after its last use. */
    public static final Lifetime ENDLESS = new Lifetime("memory of the garbage collector", () -> {});

    /** From this many elements on, the work takes much longer than holding the memory. */
    public static final int LONG = 16_384;

    private static final int CLOSED = 1 << 31;
    private static final int RELEASED = CLOSED | 1 << 30;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Lifetime.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String owner;
    private final Runnable release;

    /** The number of uses, plus CLOSED, or RELEASED after that. */
    private volatile int state;

    /**
     * A lifetime that has begun.
     *
     * @param owner the object, by which errors call it, such as {@code the program}
     * @param release returns what the object holds; called once, by the thread that closes or by the last user
     */
    public Lifetime(String owner, Runnable release) {
        this.owner = owner;
        this.release = release;
    }

    /**
     * Checks that the object is open.
     *
     * @throws IllegalStateException if it is closed, naming it
     */
    public void require() {
        if (state < 0) {
            throw closed();
        }
    }

    /** {@return whether the object is closed} */
    public boolean isClosed() {
        return state < 0;
    }

    private IllegalStateException closed() {
        return new IllegalStateException(owner + " is closed; use it before it is closed, or make another one");
    }

    /**
     * Begins a use, which must be ended by {@link #exit} in the same thread, in a {@code finally} block.
     *
     * @throws IllegalStateException if the object is closed, naming it; then there is nothing to end
     */
    public void enter() {
        if (this != ENDLESS && (int) STATE.getAndAdd(this, 1) < 0) {
            exit();
            throw closed();
        }
    }

    /** Ends a use. The last one releases what a closed object held. */
    public void exit() {
        if (this != ENDLESS && (int) STATE.getAndAdd(this, -1) == CLOSED + 1) {
            release();
        }
    }

    /**
     * Does one thing between {@link #enter} and {@link #exit}.
     *
     * @param use what to do
     * @param <T> of its result
     * @return its result
     * @throws IllegalStateException if the object is closed, naming it
     */
    public <T> T during(Supplier<T> use) {
        enter();
        try {
            return use.get();
        } finally {
            exit();
        }
    }

    /**
     * Does one thing without a result between {@link #enter} and {@link #exit}.
     *
     * @param use what to do
     * @throws IllegalStateException if the object is closed, naming it
     */
    public void run(Runnable use) {
        enter();
        try {
            use.run();
        } finally {
            exit();
        }
    }

    /** Ends the lifetime. Closing again does nothing. */
    public void close() {
        if (this != ENDLESS && (int) STATE.getAndBitwiseOr(this, CLOSED) == 0) {
            release();
        }
    }

    /** A use that begins too late may pass through here as well, so the state decides who releases. */
    private void release() {
        if (STATE.compareAndSet(this, CLOSED, RELEASED)) {
            release.run();
        }
    }
}
