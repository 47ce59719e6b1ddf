package dev.ravine.cli.problem;

import java.util.Locale;
import java.util.Optional;

/**
 * The net that the user chose.
 *
 * @param kind after {@code --net}; empty if it was not given
 * @param layers words after {@code --layers}, with spaces between them; empty if they were not given
 */
public record NetChoice(Optional<Kind> kind, Optional<String> layers) {
    /** Nothing was chosen. */
    public static final NetChoice NONE = new NetChoice(Optional.empty(), Optional.empty());

    /** Kinds of nets, with the layers that each has unless the user names others. */
    public enum Kind {
        /** Dense layers, as {@code --hidden} says. */
        MLP(""),
        /** LeNet with 32 and 64 channels. */
        CONV("conv:32,5 pool conv:64,5 pool dense:500"),
        /** A plain recurrent net. */
        RNN("rnn:100"),
        /** Long short-term memory. */
        LSTM("lstm:100"),
        /** Gated recurrent units. */
        GRU("gru:100"),
        /** Two pre-norm layers of attention over learned positions. */
        TRANSFORMER("steps dense:64 positions transformer:4 transformer:4");

        private final String layers;

        Kind(String layers) {
            this.layers = layers;
        }

        /** {@return the name on the command line} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@return the words of the net, unless it is one of dense layers that {@code --hidden} describes} */
    public Optional<String> words() {
        if (layers.isPresent()) {
            return layers;
        }
        return kind.filter(k -> k != Kind.MLP).map(k -> k.layers);
    }
}
