package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.MultiheadAttention;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.Unflatten;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void layersHaveTheirOutputsParametersAndProducts() {
        Module shared = new Linear(5, 5);
        Module net = new Sequential(
                new Unflatten(8, 8, 1),
                new Conv2d(1, 3, 3),
                Activation.tanh(),
                new Flatten(),
                new Linear(108, 5),
                new Residual(new Linear(5, 5)),
                shared,
                shared);
        net.initialize(DType.FLOAT64, 1);
        int n = 4;
        Summary summary = Summary.of(net, Tensor.input("x", DType.FLOAT64, Shape.of(n, 64)));
        assertThat(summary.layers().stream().map(l -> l.path() + ": " + l.kind() + " " + l.output()))
                .containsExactly(
                        ": Sequential [4, 5]",
                        "0: Unflatten [8, 8, 1] [4, 8, 8, 1]",
                        "1: Conv2d [4, 6, 6, 3]",
                        "2: Activation tanh [4, 6, 6, 3]",
                        "3: Flatten [4, 108]",
                        "4: Linear [4, 5]",
                        "5: Residual [4, 5]",
                        "5.body: Linear [4, 5]",
                        "7: Linear [4, 5]",
                        "7: Linear [4, 5]");
        var parameters = summary.layers().stream()
                .collect(Collectors.toMap(Summary.Layer::path, Summary.Layer::parameters, (a, b) -> a));
        assertThat(parameters).containsEntry("1", 30L).containsEntry("4", 545L).containsEntry("5.body", 30L);
        assertThat(parameters).containsEntry("5", 0L).containsEntry("", 0L);
        var work = summary.layers().stream()
                .collect(Collectors.toMap(Summary.Layer::path, Summary.Layer::work, Long::sum));
        // Two operations for each weight at each place, and one for each bias.
        assertThat(work.get("1")).isEqualTo((long) n * 36 * 3 * (2 * 9 + 1));
        assertThat(work.get("4")).isEqualTo((long) n * 5 * (2 * 108 + 1));
        assertThat(work.get("5")).as("the sum").isEqualTo((long) n * 5);
        assertThat(work.get("7")).as("one layer twice").isEqualTo(2L * n * 5 * (2 * 5 + 1));
        assertThat(net.isTraining()).isTrue();
    }

    /** What a layer does before a layer inside it begins is its own work, not that of the inner one. */
    @Test
    void scoresOfAttentionAreNotTheWorkOfDropout() {
        int n = 3;
        int steps = 7;
        int width = 8;
        Module net = new MultiheadAttention(width, 2);
        net.initialize(DType.FLOAT64, 1);
        Summary summary = Summary.of(net, Tensor.input("x", DType.FLOAT64, Shape.of(n, steps, width)));
        var work = summary.layers().stream()
                .collect(Collectors.toMap(Summary.Layer::path, Summary.Layer::work, Long::sum));
        assertThat(work.get("dropout")).isZero();
        // Queries, keys and values of each step; the scores and the weighted sums of each pair of steps.
        long products = 2L * n * steps * width * 3 * width + 2 * 2L * n * steps * steps * width;
        assertThat(work.get("")).isBetween(products, products + products / 3);
    }
}
