package dev.ravine.spark.data;

/** An executor cannot load a class or Ravine's native libraries; the message says what it needs. */
public final class MissingClasses extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private MissingClasses(String message, LinkageError cause) {
        super(message, cause);
    }

    /**
     * {@return what the executor lacks: native libraries, if the error comes from them, else a class}
     *
     * @param cause what the Java machine threw
     */
    public static MissingClasses of(LinkageError cause) {
        return new MissingClasses(isOfNatives(cause) ? natives(cause) : classes(cause), cause);
    }

    private static boolean isOfNatives(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            String text = e.toString().replace('/', '.');
            if (e instanceof UnsatisfiedLinkError
                    || text.contains("org.nd4j.")
                    || text.contains("org.bytedeco.")
                    || text.contains("dev.ravine.")) {
                return true;
            }
        }
        return false;
    }

    private static String natives(LinkageError cause) {
        return "Ravine's native libraries cannot be loaded for " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + " (" + cause + "); expected nd4j-native, openblas and javacpp"
                + " with the classifier of this platform on the executor's class path; add them with --jars, in a"
                + " jar of all dependencies, or build with -Djavacpp.platform=NAME or -Pall-platforms";
    }

    private static String classes(LinkageError cause) {
        Throwable first = cause;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return "a class cannot be loaded or initialized on the executor (" + cause
                + (first == cause ? "" : ", because of " + first)
                + "); expected the driver's classes there, and initializers that need nothing of the driver; give"
                + " executors the jar of this class, with spark-submit --jars or in a jar of all dependencies";
    }
}
