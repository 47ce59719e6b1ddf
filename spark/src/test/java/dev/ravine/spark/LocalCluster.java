package dev.ravine.spark;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A master and workers, each a process of its own, for the tests of one class. */
final class LocalCluster implements BeforeAllCallback, AfterAllCallback {
    private final int workers;
    private SparkHome home;

    /** With workers of one core each. */
    LocalCluster(int workers) {
        this.workers = workers;
    }

    SparkHome home() {
        return home;
    }

    /** This process can have one context of Spark only. */
    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Frames.stop();
        home = SparkHome.start(workers);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        try {
            Frames.stop();
        } finally {
            home.close();
        }
    }
}
