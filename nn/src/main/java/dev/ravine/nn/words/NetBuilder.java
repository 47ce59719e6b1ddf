package dev.ravine.nn.words;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.AdaptiveAvgPool2d;
import dev.ravine.nn.layers.AvgPool2d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.LearnedPositions;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.TransformerEncoderLayer;
import dev.ravine.nn.layers.Unflatten;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes a net from words. It follows the shape of an example from layer to layer, and reshapes where the next layer
 * needs it: numbers to a square image, an image to a sequence of its lines, either to numbers.
 */
public final class NetBuilder {
    private static final String WORDS = "tanh, relu, sigmoid, softplus, gelu, silu (for the layers after it), dense:N,"
            + " conv:CHANNELS,WINDOW[,STRIDE][,same], pool[:WINDOW], avgpool[:WINDOW], globalpool, embed:WIDTH,"
            + " steps (lines of an image one after the other), positions, rnn:N, lstm:N, gru:N, transformer:HEADS[,HIDDEN], last, mean";

    private final List<Module> modules = new ArrayList<>();
    private final int tokens;
    private Supplier<Activation> activation = Activation::tanh;
    private long[] sizes;
    private boolean isSequence;
    private boolean isCausal;

    /**
     * Begins a net.
     *
     * @param example the shape of an example's features
     * @param tokens how many different tokens there are; 0 if features are numbers
     * @throws ShapeException if features are numbers without an axis
     */
    public NetBuilder(Shape example, int tokens) {
        if (example.rank() == 0 && tokens == 0) {
            throw new ShapeException("a net needs features with an axis, found one number for each example, of shape "
                    + example + "; make data of shape [examples, 1]");
        }
        this.sizes = example.toArray();
        this.tokens = tokens;
        this.isSequence = tokens > 0 || sizes.length == 2;
    }

    /** {@return this, with steps that do not see later ones, since each predicts the next} */
    public NetBuilder causal() {
        isCausal = true;
        return this;
    }

    /**
     * {@return the net}
     *
     * @param description its hidden layers in words; none if it is blank
     * @param outputs of the last layer, which is dense
     * @param everyStep whether there are outputs for each step of a sequence, and not for the whole
     * @throws IllegalArgumentException if a word is unknown or does not fit where it stands
     */
    public Module build(String description, int outputs, boolean everyStep) {
        List<LayerWord> words = LayerWord.all(description);
        if (tokens > 0 && (words.isEmpty() || !words.get(0).kind().equals("embed"))) {
            throw new IllegalArgumentException(
                    "layers: features are tokens, so the first word must be embed:WIDTH, found '" + description + "'");
        }
        words.forEach(this::add);
        if (!everyStep) {
            if (isSequence) {
                step(true);
            }
            flat();
        }
        modules.add(new Linear(sizes[sizes.length - 1], outputs));
        return new Sequential(modules.toArray(new Module[0]));
    }

    private void add(LayerWord word) {
        switch (word.kind()) {
            case "tanh" -> activation = named(word, Activation::tanh);
            case "relu" -> activation = named(word, Activation::relu);
            case "sigmoid" -> activation = named(word, Activation::sigmoid);
            case "softplus" -> activation = named(word, Activation::softplus);
            case "gelu" -> activation = named(word, Activation::gelu);
            case "silu" -> activation = named(word, Activation::silu);
            case "dense" -> dense(word);
            case "conv" -> convolution(word);
            case "pool", "avgpool" -> pool(word);
            case "globalpool" -> globalPool(word);
            case "embed" -> embedding(word);
            case "steps" -> {
                word.require(0, 0, false, "steps");
                sequence(word);
            }
            case "positions" -> positions(word);
            case "rnn", "lstm", "gru" -> recurrent(word);
            case "transformer" -> transformer(word);
            case "last", "mean" -> {
                word.require(0, 0, false, word.kind());
                sequence(word);
                step(word.kind().equals("last"));
            }
            default ->
                throw new IllegalArgumentException(
                        "layers: there is no layer '" + word.text() + "'; there are " + WORDS);
        }
    }

    private static Supplier<Activation> named(LayerWord word, Supplier<Activation> maker) {
        word.require(0, 0, false, word.kind());
        return maker;
    }

    private void dense(LayerWord word) {
        word.require(1, 1, false, "dense:N");
        if (!isSequence) {
            flat();
        }
        modules.add(new Linear(sizes[sizes.length - 1], word.number(0, 0)));
        modules.add(activation.get());
        sizes[sizes.length - 1] = word.number(0, 0);
    }

    private void convolution(LayerWord word) {
        word.require(2, 3, true, "conv:CHANNELS,WINDOW[,STRIDE][,same]");
        image(word);
        int channels = word.number(0, 0);
        int size = word.number(1, 0);
        int stride = word.number(2, 1);
        Window window = new Window(
                Window.Axis.of(size).stride(stride), Window.Axis.of(size).stride(stride));
        Conv2d.Builder layer = Conv2d.builder(sizes[2], channels, window);
        modules.add(word.isSame() ? layer.same().build() : layer.build());
        modules.add(activation.get());
        for (int axis = 0; axis < 2; axis++) {
            sizes[axis] =
                    word.isSame() ? (sizes[axis] + stride - 1) / stride : outputs(word, sizes[axis], size, stride);
        }
        sizes[2] = channels;
    }

    private void pool(LayerWord word) {
        word.require(0, 1, false, word.kind() + "[:WINDOW]");
        image(word);
        int size = word.number(0, 2);
        modules.add(word.kind().equals("pool") ? new MaxPool2d(size) : new AvgPool2d(size));
        sizes[0] = outputs(word, sizes[0], size, size);
        sizes[1] = outputs(word, sizes[1], size, size);
    }

    private static long outputs(LayerWord word, long size, long window, long stride) {
        if (size < window) {
            throw new IllegalArgumentException("layers: the window of '" + word.text() + "' is larger than the " + size
                    + " pixels that are left; take a smaller window, fewer layers, or same");
        }
        return (size - window) / stride + 1;
    }

    private void globalPool(LayerWord word) {
        word.require(0, 0, false, "globalpool");
        image(word);
        modules.add(AdaptiveAvgPool2d.global());
        sizes[0] = 1;
        sizes[1] = 1;
    }

    private void embedding(LayerWord word) {
        word.require(1, 1, false, "embed:WIDTH");
        if (tokens == 0 || !modules.isEmpty()) {
            throw new IllegalArgumentException("layers: '" + word.text() + "' is for tokens, as the first word");
        }
        modules.add(new Embedding(tokens, word.number(0, 0)));
        sizes = new long[] {sizes[0], word.number(0, 0)};
    }

    private void positions(LayerWord word) {
        word.require(0, 0, false, "positions");
        sequence(word);
        modules.add(new LearnedPositions(sizes[0], sizes[1]));
    }

    private void recurrent(LayerWord word) {
        word.require(1, 1, false, word.kind() + ":N");
        sequence(word);
        RecurrentSettings settings = RecurrentSettings.of(sizes[1], word.number(0, 0));
        modules.add(
                switch (word.kind()) {
                    case "rnn" -> new Rnn(settings);
                    case "lstm" -> new Lstm(settings);
                    default -> new Gru(settings);
                });
        sizes[1] = word.number(0, 0);
    }

    private void transformer(LayerWord word) {
        word.require(1, 2, false, "transformer:HEADS[,HIDDEN]");
        sequence(word);
        long width = sizes[1];
        if (width % word.number(0, 1) != 0) {
            throw new IllegalArgumentException("layers: the heads of '" + word.text() + "' must divide the width "
                    + width + " of a step; a word dense:N before it changes the width");
        }
        TransformerEncoderLayer.Builder layer = TransformerEncoderLayer.builder(
                        width, word.number(0, 1), word.number(1, Math.toIntExact(4 * width)))
                .preNorm()
                .activation(Tensor::gelu);
        modules.add(isCausal ? layer.causal().build() : layer.build());
    }

    /** Goes on with an image [height, width, channels]. */
    private void image(LayerWord word) {
        if (sizes.length == 1) {
            long side = side(word, "square images");
            reshape(side, side, 1);
        } else if (sizes.length != 3) {
            throw new IllegalArgumentException(
                    "layers: '" + word.text() + "' needs images, and stands where an example is a sequence");
        }
    }

    /** Goes on with a sequence [steps, width]. */
    private void sequence(LayerWord word) {
        if (sizes.length == 1) {
            if (isSequence) {
                throw new IllegalArgumentException("layers: '" + word.text() + "' stands behind the end of the steps");
            }
            long side = side(word, "sequences, or square images whose lines are steps");
            reshape(side, side);
        } else if (sizes.length == 3) {
            reshape(sizes[0], sizes[1] * sizes[2]);
        }
        isSequence = true;
    }

    private long side(LayerWord word, String needed) {
        long side = Math.round(Math.sqrt((double) sizes[0]));
        if (side * side != sizes[0]) {
            throw new IllegalArgumentException(
                    "layers: '" + word.text() + "' needs " + needed + ", and an example is " + sizes[0] + " numbers");
        }
        return side;
    }

    private void reshape(long... to) {
        modules.add(new Unflatten(to));
        sizes = to.clone();
    }

    private void flat() {
        if (sizes.length > 1) {
            modules.add(new Flatten());
            sizes = new long[] {Shape.of(sizes).count()};
        }
    }

    /** Goes on with one step of a sequence, or the mean of all. */
    private void step(boolean isLast) {
        if (sizes.length == 2) {
            modules.add(new StepChoice(isLast));
            sizes = new long[] {sizes[1]};
        }
    }
}
