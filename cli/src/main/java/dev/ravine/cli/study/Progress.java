package dev.ravine.cli.study;

/** Receives how far an analysis has come. */
@FunctionalInterface
public interface Progress {
    /**
     * Called before each part.
     *
     * @param share the share done so far, from 0 to 1
     * @param part what comes next
     */
    void at(double share, String part);
}
