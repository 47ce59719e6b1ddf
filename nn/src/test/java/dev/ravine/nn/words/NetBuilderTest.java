package dev.ravine.nn.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetBuilderTest {
    /** Numbers of parameters counted by hand. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "dense:32 relu dense:16 | 25818",
                "conv:32,5 pool conv:64,5 pool dense:500 | 569606",
                "conv:8,3,2,same avgpool globalpool | 170",
                "rnn:20 | 1210",
                "lstm:20 | 4210",
                "gru:20 lstm:10 | 4390",
                "steps dense:8 positions transformer:2,16 mean | 1146"
            })
    void aNetOfImagesHasTheParametersThatItsWordsSay(String words, int parameters) {
        Module net = new NetBuilder(Shape.of(784), 0).build(words, 10, false);
        long sum = net.namedParameters().values().stream()
                .mapToLong(p -> p.shape().count())
                .sum();
        assertThat(sum).isEqualTo(parameters);
        net.initialize(DType.FLOAT32, 1);
        Tensor outputs = net.apply(Tensor.input("x", DType.FLOAT32, Shape.of(3, 784)));
        assertThat(outputs.shape()).isEqualTo(Shape.of(3, 10));
    }

    @Test
    void aNetOfTokensPredictsAtEveryStep() {
        Module net = new NetBuilder(Shape.of(7), 12).causal().build("embed:8 positions transformer:2", 12, true);
        net.initialize(DType.FLOAT64, 1);
        Tensor outputs = net.apply(Tensor.input("tokens", DType.INT64, Shape.of(3, 7)));
        assertThat(outputs.shape()).isEqualTo(Shape.of(3, 7, 12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "dence:32 | 784 | there is no layer 'dence:32'; there are tanh, relu",
                "dense:0 | 784 | whole numbers of at least 1 with commas between them, found '0'",
                "dense: | 784 | found '' in 'dense:'",
                "dense | 784 | 'dense' should be dense:N",
                "conv:32 | 784 | 'conv:32' should be conv:CHANNELS,WINDOW[,STRIDE][,same]",
                "dense:3,same | 784 | 'dense:3,same' should be dense:N",
                "conv:4,29 | 784 | the window of 'conv:4,29' is larger than the 28 pixels",
                "conv:4,5 | 13 | 'conv:4,5' needs square images, and an example is 13 numbers",
                "lstm:4 | 13 | whose lines are steps, and an example is 13 numbers",
                "rnn:4 conv:4,3 | 784 | needs images, and stands where an example is a sequence",
                "rnn:4 last rnn:4 | 784 | stands behind the end of the steps",
                "rnn:5 transformer:2 | 784 | must divide the width 5",
                "embed:5 | 784 | is for tokens, as the first word"
            })
    void wordsThatDoNotFitAreRefused(String words, int features, String message) {
        assertThatThrownBy(() -> new NetBuilder(Shape.of(features), 0).build(words, 10, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void tokensNeedAnEmbeddingFirst() {
        assertThatThrownBy(() -> new NetBuilder(Shape.of(7), 12).build("rnn:8", 12, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the first word must be embed:WIDTH, found 'rnn:8'");
    }
}
