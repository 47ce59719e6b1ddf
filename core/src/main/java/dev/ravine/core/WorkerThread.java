package dev.ravine.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A thread of the process that {@link Workers} borrow. Idle ones wait in a pile: the thread that was given back last is
 * borrowed next, since it is the one that is still awake.
 *
 * <p>A small net's gradient takes a few hundred microseconds, and waking a sleeping thread a few tens. So a waiting
 * thread spins for a while before it sleeps, unless there were more workers than processors.
 */
final class WorkerThread extends Thread {
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final Deque<WorkerThread> IDLE = new ArrayDeque<>();
    private static final long SPIN_NANOSECONDS = 60_000;
    private static final long IDLE_NANOSECONDS = 10_000_000_000L;

    private volatile IntConsumer task; // null while there is none; both sides wait for it to change
    private volatile Thread waiting;
    private Turn turn;
    private int number;
    private boolean spins;
    private Throwable failure;

    private WorkerThread() {
        super(null, null, "ravine-" + MADE.incrementAndGet(), 0, false);
        setDaemon(true);
    }

    /** An idle thread, or a new one, for one task. */
    static WorkerThread borrow() {
        synchronized (IDLE) {
            if (!IDLE.isEmpty()) {
                return IDLE.pop();
            }
        }
        WorkerThread thread = new WorkerThread();
        thread.start();
        return thread;
    }

    /** Takes a thread back, whose task has ended. */
    static void giveBack(WorkerThread thread) {
        synchronized (IDLE) {
            IDLE.push(thread);
        }
    }

    void begin(Turn newTurn, IntConsumer newTask, int newNumber, boolean isToSpin) {
        turn = newTurn;
        failure = null;
        number = newNumber;
        spins = isToSpin;
        task = newTask;
        LockSupport.unpark(this);
    }

    @Override
    public void run() {
        while (awaitTask()) {
            Turn.set(turn);
            try {
                task.accept(number);
            } catch (Throwable e) { // whatever it is belongs to the caller, and the caller waits for it
                failure = e;
            }
            Turn.set(null);
            turn = null;
            task = null;
            LockSupport.unpark(waiting);
        }
    }

    /** Returns whether there is a task; false if the thread has been idle for long and is to end. */
    private boolean awaitTask() {
        long start = System.nanoTime();
        while (task == null) {
            long idle = System.nanoTime() - start;
            if (spins && idle < SPIN_NANOSECONDS) {
                Thread.onSpinWait();
            } else if (idle < IDLE_NANOSECONDS) {
                LockSupport.parkNanos(this, IDLE_NANOSECONDS - idle);
                Thread.interrupted();
            } else {
                synchronized (IDLE) {
                    if (IDLE.remove(this)) {
                        return false;
                    }
                }
                start = System.nanoTime(); // borrowed: a task is on its way
            }
        }
        return true;
    }

    /** Returns the task's failure, or null. */
    Throwable awaitEnd(boolean isToSpin) {
        waiting = Thread.currentThread();
        boolean interrupted = false;
        long start = System.nanoTime();
        while (task != null) {
            if (isToSpin && System.nanoTime() - start < SPIN_NANOSECONDS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        waiting = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }
}
