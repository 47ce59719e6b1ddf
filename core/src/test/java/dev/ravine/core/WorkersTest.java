package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.ReductionKernels;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.core.kernels.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class WorkersTest {
    @Test
    void everyTaskRunsOnceOnAThreadOfItsOwn() {
        try (Workers workers = new Workers(4)) {
            for (int tasks = 0; tasks <= 4; tasks++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(4);
                Set<Thread> threads = ConcurrentHashMap.newKeySet();
                // Nobody passes until all have begun: only separate threads can get through.
                CountDownLatch begun = new CountDownLatch(tasks);
                workers.run(tasks, number -> {
                    runs.incrementAndGet(number);
                    threads.add(Thread.currentThread());
                    begun.countDown();
                    await(begun);
                });
                assertThat(threads).hasSize(tasks);
                for (int i = 0; i < 4; i++) {
                    assertThat(runs.get(i)).isEqualTo(i < tasks ? 1 : 0);
                }
                assertThat(threads.contains(Thread.currentThread())).isEqualTo(tasks > 0);
            }
        }
    }

    @Test
    void oneWorkerIsTheCallingThread() {
        try (Workers workers = new Workers(1)) {
            List<Thread> threads = new ArrayList<>();
            workers.run(1, number -> threads.add(Thread.currentThread()));
            assertThat(threads).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void anExceptionComesThroughAfterAllHaveEnded() {
        try (Workers workers = new Workers(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int wrong = failing;
                AtomicIntegerArray ended = new AtomicIntegerArray(3);
                CountDownLatch failed = new CountDownLatch(1);
                assertThatThrownBy(() -> workers.run(3, number -> {
                            if (number == wrong) {
                                failed.countDown();
                                throw new ShapeException("task " + number);
                            }
                            await(failed);
                            pause();
                            ended.set(number, 1);
                        }))
                        .isInstanceOf(ShapeException.class)
                        .hasMessage("task " + failing);
                for (int i = 0; i < 3; i++) {
                    assertThat(ended.get(i)).isEqualTo(i == failing ? 0 : 1);
                }
            }
            AtomicIntegerArray runs = new AtomicIntegerArray(3);
            workers.run(3, runs::incrementAndGet);
            assertThat(runs.get(2)).as("workers survive an exception").isEqualTo(1);
        }
    }

    @Test
    void errorsComeThroughAndTheFirstTaskWins() {
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.run(2, number -> {
                        throw new AssertionError("task " + number);
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("task 0");
        }
    }

    @Test
    void anInterruptedCallerStillWaitsAndStaysInterrupted() {
        try (Workers workers = new Workers(2)) {
            AtomicIntegerArray ended = new AtomicIntegerArray(2);
            Thread.currentThread().interrupt();
            workers.run(2, number -> {
                if (number == 1) {
                    pause();
                }
                ended.set(number, 1);
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(ended.get(1)).isEqualTo(1);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void closedWorkersSayTheyAre() {
        Workers workers = new Workers(2);
        workers.run(2, number -> {});
        workers.close();
        assertThatThrownBy(() -> workers.run(2, number -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void thousandsOfShortRunsInARowAndAfterPausesLoseNoTask() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            for (int i = 0; i < 20_000; i++) {
                workers.run(2, runs::incrementAndGet);
                if (i % 1000 == 0) {
                    Thread.sleep(1); // long enough for the worker to fall asleep
                }
            }
            assertThat(runs.get(0)).isEqualTo(20_000);
            assertThat(runs.get(1)).isEqualTo(20_000);
        }
    }

    @Test
    void countsAreChecked() {
        assertThatThrownBy(() -> new Workers(0)).isInstanceOf(IllegalArgumentException.class);
        try (Workers workers = new Workers(2)) {
            assertThat(workers.count()).isEqualTo(2);
            assertThatThrownBy(() -> workers.run(3, number -> {})).isInstanceOf(IllegalArgumentException.class);
        }
        try (Workers workers = Workers.forThisMachine()) {
            assertThat(workers.count()).isEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    @EachFloatType
    void concurrentKernelsGiveBitwiseTheSameAsSerialOnes(DType dtype) {
        int shards = 2;
        List<Layer> layers = new ArrayList<>();
        List<double[]> serial = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            layers.add(new Layer(dtype, 100 + i));
            layers.get(i).run();
            serial.add(Arena.toDoubles(layers.get(i).out));
        }
        try (Workers workers = new Workers(shards)) {
            for (int round = 0; round < 200; round++) {
                for (Layer layer : layers) {
                    Vectors.fill(layer.out, Double.NaN);
                }
                workers.run(shards, number -> layers.get(number).run());
                for (int i = 0; i < shards; i++) {
                    assertThat(Arena.toDoubles(layers.get(i).out))
                            .as("shard %d, round %d", i, round)
                            .isEqualTo(serial.get(i));
                }
            }
        }
    }

    /** What one worker does to its part of a batch: products, broadcasting, elementwise kernels and reductions. */
    private static final class Layer {
        private final INDArray out;
        private final List<Kernel> kernels;

        Layer(DType dtype, long seed) {
            Rng rng = new Rng(seed);
            Canvas canvas = new Canvas(dtype, false);
            INDArray x = canvas.random(Shape.of(50, 40), rng, -1, 1);
            INDArray w = canvas.random(Shape.of(40, 60), rng, -1, 1);
            INDArray bias = canvas.random(Shape.of(60), rng, -1, 1);
            INDArray hidden = canvas.result(Shape.of(50, 60));
            INDArray back = canvas.result(Shape.of(50, 40));
            out = canvas.result(Shape.of(50));
            kernels = List.of(
                    MatrixKernels.gemm(x, false, w, false, hidden, 0),
                    BinaryKernels.add(hidden, bias, hidden),
                    UnaryKernels.tanh(hidden, hidden),
                    UnaryKernels.scale(hidden, 0.7, hidden),
                    UnaryKernels.sigmoid(hidden, hidden),
                    ReductionKernels.softmax(hidden, new int[] {1}, hidden),
                    MatrixKernels.gemm(hidden, false, w, true, back, 0),
                    BinaryKernels.mul(back, x, back),
                    UnaryKernels.exp(back, back),
                    ReductionKernels.logSumExp(back, new int[] {1}, out));
        }

        void run() {
            for (Kernel kernel : kernels) {
                kernel.run();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCheckedExceptionComesThroughToo() {
        try (Workers workers = new Workers(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int wrong = failing;
                AtomicIntegerArray ended = new AtomicIntegerArray(3);
                assertThatThrownBy(() -> workers.run(3, number -> {
                            if (number == wrong) {
                                sneak(new IOException("task " + number));
                            }
                            pause();
                            ended.set(number, 1);
                        }))
                        .isInstanceOf(IOException.class)
                        .hasMessage("task " + failing);
                for (int i = 0; i < 3; i++) {
                    assertThat(ended.get(i)).isEqualTo(i == failing ? 0 : 1);
                }
            }
            workers.run(3, number -> {});
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable exception) throws E {
        throw (E) exception;
    }

    @Test
    void exceptionsOfOtherTasksAreSuppressedOnes() {
        try (Workers workers = new Workers(3)) {
            assertThatThrownBy(() -> workers.run(3, number -> {
                        throw new ShapeException("task " + number);
                    }))
                    .hasMessage("task 0")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
        }
    }

    @Test
    void workersThatNobodyClosesHoldNoThreads() {
        new Workers(3).run(3, number -> {});
        int before = Thread.activeCount();
        for (int i = 0; i < 500; i++) {
            new Workers(3).run(3, number -> {});
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 2);
    }

    @Test
    void aTaskThatCallsItsOwnWorkersIsToldSo() {
        try (Workers workers = new Workers(2);
                Workers inner = new Workers(2)) {
            assertThatThrownBy(() -> workers.run(2, number -> {
                        if (number == 1) {
                            workers.run(1, i -> {});
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a task calls the workers that run it");
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            workers.run(2, number -> inner.run(2, runs::incrementAndGet));
            assertThat(runs.get(0)).isEqualTo(2);
            assertThat(runs.get(1)).isEqualTo(2);
        }
    }

    /** What the outer run throws, with what other tasks threw as suppressed. */
    private static List<String> messages(Throwable failure) {
        List<String> all = new ArrayList<>();
        if (failure != null) {
            all.add(failure.getMessage());
            for (Throwable other : failure.getSuppressed()) {
                all.addAll(messages(other));
            }
        }
        return all;
    }

    @Test
    @Timeout(20)
    void aTaskThatCallsItsWorkersThroughOthersIsToldSo() {
        try (Workers outer = new Workers(2);
                Workers inner = new Workers(2)) {
            assertThatThrownBy(() -> outer.run(2, a -> {
                        if (a == 1) {
                            inner.run(2, b -> outer.run(1, c -> {}));
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a task calls the workers that run it");
            AtomicIntegerArray runs = new AtomicIntegerArray(1);
            outer.run(2, a -> inner.run(2, b -> runs.incrementAndGet(0)));
            assertThat(runs.get(0)).isEqualTo(4);
        }
    }

    /** Workers in a ring: each run's tasks ask for the next ones. One of them gives way, so that the others end. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    @Timeout(60)
    void workersWhoseTasksCallEachOtherCrosswiseEnd(int ring) throws InterruptedException {
        for (int tries = 0; tries < 20; tries++) {
            List<Workers> all =
                    Stream.generate(() -> new Workers(2)).limit(ring).toList();
            CountDownLatch begun = new CountDownLatch(ring);
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < ring; i++) {
                Workers own = all.get(i);
                Workers next = all.get((i + 1) % ring);
                Thread thread = new Thread(() -> {
                    try {
                        own.run(2, task -> {
                            if (task == 1) {
                                begun.countDown();
                                await(begun);
                                next.run(2, inner -> {});
                            }
                        });
                    } catch (IllegalStateException e) {
                        failures.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures)
                    .hasSize(1)
                    .allSatisfy(e -> assertThat(messages(e)).anyMatch(text -> text.contains("would wait for ever")));
        }
    }

    @Test
    @Timeout(60)
    void callsThatOnlyWaitAreNotTakenForCrosswiseOnes() throws InterruptedException {
        try (Workers first = new Workers(2);
                Workers second = new Workers(2)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Thread thread = new Thread(() -> {
                    for (int k = 0; k < 200; k++) {
                        first.run(2, a -> second.run(2, b -> runs.incrementAndGet(0)));
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(runs.get(0)).isEqualTo(8 * 200 * 4);
        }
    }
}
