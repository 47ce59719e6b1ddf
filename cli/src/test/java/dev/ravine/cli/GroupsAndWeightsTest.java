package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.api.Test;

/** The snippets about groups of parameters and about weights of examples. */
class GroupsAndWeightsTest {
    private static final Sequential NET =
            new Sequential(new Linear(2, 8), new LayerNorm(8), Activation.tanh(), new Linear(8, 2));
    private static final DataSet MOONS = Generators.twoMoons(100, 0.1, 1);

    @Test
    void groupsOfAnOptimizer() {
        var net = NET;
        net.initialize(MOONS.dtype(), 1);
        var noDecay = ParameterGroup.of("no decay", net, Parameters.biasesAndGains());
        var head = ParameterGroup.of("head", net, Parameters.under("3").and(Parameters.named("*.weight")));
        var optimizer = Adam.adamW()
                .learningRate(Schedule.cosine(1e-3, 0, 2000))
                .weightDecay(0.1)
                .group(noDecay, group -> group.weightDecay(0))
                .group(head, group -> group.rateFactor(10))
                .build();
        try (optimizer;
                var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), MOONS)) {
            assertThat(optimizer.step(objective, objective.theta()).telemetry())
                    .containsEntry("learning_rate of head", 10 * 1e-3)
                    .containsEntry("learning_rate of no decay", 1e-3);
        }
    }

    @Test
    void groupsOfAPenalty() {
        var net = NET;
        net.initialize(MOONS.dtype(), 1);
        var noDecay = ParameterGroup.of("no decay", net, Parameters.biasesAndGains());
        var builder = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), MOONS);
        var objective = builder.l2(5e-4).l2(noDecay, 0).build();
        try (objective) {
            assertThat(objective.settings()).containsEntry("l2", 5e-4);
        }
    }

    @Test
    void weights() {
        DataSet data = MOONS;
        var weighted = data.withClassWeights(1, 5);
        assertThat(weighted.weights()).isPresent();
    }
}
