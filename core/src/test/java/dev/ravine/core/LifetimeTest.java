package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.ravine.core.kernels.Vectors;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class LifetimeTest {
    private final AtomicInteger released = new AtomicInteger();
    private final Lifetime lifetime = new Lifetime("the thing", released::incrementAndGet);

    @Test
    void closingReleasesOnce() {
        lifetime.require();
        lifetime.close();
        lifetime.close();
        assertThat(released).hasValue(1);
        assertThat(lifetime.isClosed()).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(lifetime::require)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the thing is closed");
            assertThatThrownBy(lifetime::enter).isInstanceOf(IllegalStateException.class);
        }
        assertThat(released).hasValue(1);
    }

    @Test
    void usesThatHadBegunEndBeforeTheRelease() {
        lifetime.enter();
        lifetime.enter();
        lifetime.close();
        assertThatThrownBy(lifetime::require).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lifetime::enter).isInstanceOf(IllegalStateException.class);
        assertThat(released).hasValue(0);
        lifetime.exit();
        assertThat(released).hasValue(0);
        lifetime.exit();
        assertThat(released).hasValue(1);
    }

    @Test
    void aUseMayCloseWhatItUses() {
        assertThat(lifetime.<String>during(() -> {
                    lifetime.close();
                    assertThat(released).hasValue(0);
                    return "done";
                }))
                .isEqualTo("done");
        assertThat(released).hasValue(1);
    }

    @Test
    void aUseThatFailsIsOver() {
        assertThatThrownBy(() -> lifetime.during(() -> {
                    throw new ShapeException("no");
                }))
                .isInstanceOf(ShapeException.class);
        lifetime.close();
        assertThat(released).hasValue(1);
    }

    @Test
    void manyThreadsReleaseOnceAndNeverUseWhatIsReleased() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            AtomicInteger releases = new AtomicInteger();
            AtomicInteger late = new AtomicInteger();
            Lifetime shared = new Lifetime("the thing", releases::incrementAndGet);
            CountDownLatch start = new CountDownLatch(1);
            Runnable user = () -> {
                await(start);
                try {
                    while (true) {
                        shared.during(() -> releases.get() > 0 ? late.incrementAndGet() : 0);
                    }
                } catch (IllegalStateException e) {
                    // it is closed
                }
            };
            List<Thread> threads = List.of(new Thread(user), new Thread(user), new Thread(() -> {
                await(start);
                shared.close();
            }));
            threads.forEach(Thread::start);
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(releases).hasValue(1);
            assertThat(late).hasValue(0);
        }
    }

    @Test
    void memoryOfAnArenaStaysWhileItIsHeld() {
        Arena arena = new Arena();
        INDArray x = arena.allocate(DType.FLOAT64, Shape.of(1_000_000));
        Vectors.fill(x, 3);
        Elements elements = Elements.of(x);
        Hold hold = Hold.of(List.of(x, Arena.view(x, 5, Shape.of(2)), Arena.create(DType.FLOAT64, Shape.of(1))));
        hold.enter();
        arena.close();
        assertThat(x.wasClosed()).isFalse();
        assertThatThrownBy(() -> elements.get(0)).isInstanceOf(IllegalStateException.class);
        hold.exit();
        assertThat(x.wasClosed()).isTrue();
        assertThatThrownBy(hold::enter).hasMessageStartingWith("the arena is closed");
    }

    /** Without a hold the norm would read memory that was returned, and end the process. */
    @Test
    void aNormIsComputedToTheEndWhileAnotherThreadCloses() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            Arena arena = new Arena("the vector");
            INDArray x = arena.allocate(DType.FLOAT64, Shape.of(2_000_000));
            List<Throwable> end = new CopyOnWriteArrayList<>();
            CountDownLatch computing = new CountDownLatch(1);
            Thread user = new Thread(() -> {
                try {
                    while (true) {
                        Vectors.norm(x);
                        computing.countDown();
                    }
                } catch (IllegalStateException e) {
                    end.add(e);
                }
            });
            user.start();
            await(computing);
            arena.close();
            user.join();
            assertThat(end).singleElement(THROWABLE).hasMessageStartingWith("the vector is closed");
        }
    }

    /** Of several lifetimes one is over: the others are left. */
    @Test
    void aHoldThatFailsHoldsNothing() {
        Arena open = new Arena("the open one");
        Arena closed = new Arena("the closed one");
        INDArray first = open.allocate(DType.FLOAT32, Shape.of(1000));
        INDArray second = closed.allocate(DType.FLOAT32, Shape.of(1000));
        Hold hold = Hold.of(List.of(first, second));
        Elements a = Elements.of(first);
        Elements b = Elements.of(second);
        closed.close();
        assertThatThrownBy(hold::enter).hasMessageStartingWith("the closed one is closed");
        assertThatThrownBy(() -> Hold.enter(a, b)).hasMessageStartingWith("the closed one is closed");
        open.close();
        assertThat(first.wasClosed()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
