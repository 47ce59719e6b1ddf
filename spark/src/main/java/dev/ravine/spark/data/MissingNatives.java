package dev.ravine.spark.data;

/** An executor cannot load Ravine's native libraries; the message says what it needs. */
public final class MissingNatives extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /**
     * Says what the executor needs.
     *
     * @param cause what the Java machine threw
     */
    public MissingNatives(LinkageError cause) {
        super(
                "Ravine's native libraries cannot be loaded for " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch") + " (" + cause + "); expected nd4j-native, openblas and javacpp"
                        + " with the classifier of this platform on the executor's class path; add them with --jars, in a"
                        + " jar of all dependencies, or build with -Djavacpp.platform=NAME or -Pall-platforms",
                cause);
    }
}
