package dev.ravine.autodiff;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A run of one or several operations of a {@link Program}, for Java's Flight Recorder. A recording has it if it asks for
 * it; otherwise a run costs nothing more.
 */
@Name(OperationEvent.NAME)
@Label("Operation")
@Category("Ravine")
@Description("Operations of a program that ran as one")
@Enabled(false)
@StackTrace(false)
final class OperationEvent extends Event {
    static final String NAME = "dev.ravine.Operation";

    @Label("Operations")
    @Description("Names, with a plus between elementwise operations that ran in one pass")
    String operations;

    @Label("Shape")
    @Description("Shape of the last result")
    String shape;

    @Label("Work")
    @Description("Floating-point operations")
    long work;
}
