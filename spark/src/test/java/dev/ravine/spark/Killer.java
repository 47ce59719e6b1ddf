package dev.ravine.spark;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;

/** Kills one executor by SIGKILL while a product is computed, once each time that it is armed. */
final class Killer extends SparkListener {
    private static final int LATEST_PRODUCT = 4;
    private static final int LATEST_MILLISECONDS = 40;

    private final SparkHome cluster;
    private final Random random;
    private final AtomicInteger kills = new AtomicInteger();
    private int productsBefore = -1;

    Killer(SparkHome cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** Chooses one of the next products. */
    synchronized void arm() {
        productsBefore = random.nextInt(LATEST_PRODUCT);
    }

    int kills() {
        return kills.get();
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
        boolean isProduct = String.valueOf(job.properties().getProperty("spark.jobGroup.id"))
                .contains(", product ");
        if (isProduct && productsBefore >= 0 && productsBefore-- == 0) {
            kill(random.nextInt(LATEST_MILLISECONDS), random.nextInt(2));
        }
    }

    private void kill(int delay, int victim) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<ProcessHandle> executors = cluster.executors();
        if (!executors.isEmpty()) {
            kills.addAndGet(executors.get(victim % executors.size()).destroyForcibly() ? 1 : 0);
        }
    }
}
