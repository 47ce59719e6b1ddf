package dev.ravine.cli.command;

import java.lang.reflect.Proxy;

/**
 * Hears SIGINT each time it comes. By itself the virtual machine answers the first one with its end, and does not hear
 * those that come while it ends. The JDK's only class for signals is in the module {@code jdk.unsupported}, which
 * compilers warn of, so it is called by name.
 */
final class InterruptSignal {
    private InterruptSignal() {}

    /** Calls an action in a thread of its own for each signal; without the class the virtual machine ends as usual. */
    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    InterruptSignal.class.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> self == args[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "handler of SIGINT";
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), proxy);
        } catch (ReflectiveOperationException e) {
            // No such class, or the virtual machine keeps signals to itself (java -Xrs): the first Ctrl-C ends it.
            System.getLogger(InterruptSignal.class.getName())
                    .log(System.Logger.Level.DEBUG, "Ctrl-C is heard once only", e);
        }
    }
}
