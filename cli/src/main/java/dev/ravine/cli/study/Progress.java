package dev.ravine.cli.study;

/** Is told how far an analysis is. */
@FunctionalInterface
public interface Watch {
    /**
     * Called before each part.
     *
     * @param share done so far, from 0 to 1
     * @param part what comes next
     */
    void at(double share, String part);
}
