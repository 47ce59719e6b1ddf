package dev.ravine.cli.compare;

/** Whoever looks on while optimizers train. It is called by the thread that trains, while the clock stands still. */
public interface Audience {
    /** Nobody looks on. */
    Audience NONE = new Audience() {
        @Override
        public boolean isWaiting() {
            return false;
        }

        @Override
        public void show(Comparison soFar, String state) {
            // Nobody looks on.
        }
    };

    /** {@return whether it is time to show the figures again} */
    boolean isWaiting();

    /**
     * Shows the figures so far.
     *
     * @param soFar of the present start; runs that have not begun are missing, and runs may go on
     * @param state how far all is, in a few words
     */
    void show(Comparison soFar, String state);
}
