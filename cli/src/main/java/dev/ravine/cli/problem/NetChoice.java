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
        MLP("", ""),
        /** LeNet with 32 and 64 channels. */
        CONV("conv:32,5 pool conv:64,5 pool dense:500", ""),
        /** A plain recurrent net. */
        RNN("rnn:100", "embed:32 rnn:100"),
        /** Long short-term memory. */
        LSTM("lstm:100", "embed:32 lstm:100"),
        /** Gated recurrent units. */
        GRU("gru:100", "embed:32 gru:100"),
        /** Two pre-norm layers of attention over learned positions. */
        TRANSFORMER(
                "steps dense:64 positions transformer:4 transformer:4",
                "embed:64 positions transformer:4 transformer:4");

        private final String layers;

        /** Empty if the kind is not for tokens. */
        private final String tokenLayers;

        Kind(String layers, String tokenLayers) {
            this.layers = layers;
            this.tokenLayers = tokenLayers;
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

    /**
     * {@return the words of a net whose features are tokens}
     *
     * @param otherwise the kind that is taken unless the user chose one
     * @throws IllegalArgumentException if the kind that was chosen is not for tokens
     */
    public String tokenWords(Kind otherwise) {
        Kind chosen = kind.orElse(otherwise);
        if (layers.isEmpty() && chosen.tokenLayers.isEmpty()) {
            throw new IllegalArgumentException("--net " + chosen + " is not for tokens: take rnn, lstm, gru or"
                    + " transformer, or --layers that begin with embed:WIDTH");
        }
        return layers.orElse(chosen.tokenLayers);
    }
}
