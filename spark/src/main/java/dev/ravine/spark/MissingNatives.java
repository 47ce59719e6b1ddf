package dev.ravine.spark;

/** An executor cannot load Ravine's native libraries; the message says what it needs. */
final class MissingNatives extends IllegalStateException {
    private static final long serialVersionUID = 1;

    MissingNatives(LinkageError cause) {
        super(
                "Ravine's native libraries cannot be loaded for " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch") + " (" + cause + "); expected nd4j-native, openblas and javacpp"
                        + " with the classifier of this platform on the executor's class path; add them with --jars or"
                        + " build the fat jar with -Pall-platforms",
                cause);
    }
}
