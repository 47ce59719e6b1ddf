package dev.ravine.optim.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerCatalogueTest {
    private static final Setting<Double> RATE = Setting.number("rate", 0.1, Range.positive(), "rate");

    static Stream<OptimizerKind> kinds() {
        return OptimizerCatalogue.load().kinds().stream();
    }

    @Test
    void listsTheKindsOfAllRooms() {
        assertThat(OptimizerCatalogue.load().names())
                .containsSubsequence(
                        "sgd",
                        "momentum",
                        "nesterov",
                        "adagrad",
                        "rmsprop",
                        "adam",
                        "adamw",
                        "muon",
                        "soap",
                        "shampoo",
                        "adahessian",
                        "sophia",
                        "lbfgs",
                        "bfgs",
                        "oss",
                        "ncg",
                        "scg",
                        "hf",
                        "newton-cg",
                        "trust-newton",
                        "newton",
                        "block-newton",
                        "lm",
                        "damped-gn",
                        "bayes");
    }

    /** The defaults of the catalogue are those of the builders: writing them out changes no bit. */
    @ParameterizedTest
    @MethodSource("kinds")
    void defaultsWrittenOutChangeNothing(OptimizerKind kind) {
        Map<String, String> defaults = new LinkedHashMap<>();
        kind.settings().stream()
                .filter(s -> s.initial().isPresent())
                .forEach(s -> defaults.put(s.key(), s.initialText()));
        assertThat(trained(kind, defaults)).containsExactly(trained(kind, Map.of()));
    }

    private static double[] trained(OptimizerKind kind, Map<String, String> given) {
        Module net = new Sequential(new Linear(3, 4), Activation.tanh(), new Linear(4, 2));
        net.initialize(DType.FLOAT64, 1);
        double[] x = new Rng(2).doubles(360, -1, 1).toArray();
        double[] y = new Rng(3).doubles(240, -1, 1).toArray();
        DataSet data =
                DataSet.of(Arena.of(DType.FLOAT64, Shape.of(120, 3), x), Arena.of(DType.FLOAT64, Shape.of(120, 2), y));
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.meanSquaredError(), data)
                        .workers(new Workers(1))
                        .build();
                Optimizer optimizer = kind.make(given, net, 5)) {
            for (int i = 0; i < 4; i++) {
                optimizer.step(objective, objective.theta());
            }
            return Arena.toDoubles(objective.theta());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void wrongValuesNameSettingRangeAndWhatWasFound(OptimizerKind kind) {
        Module net = new Sequential(new Linear(2, 1));
        net.initialize(DType.FLOAT64, 1);
        for (Setting<?> setting : kind.settings()) {
            Map<String, String> given = new LinkedHashMap<>();
            kind.settings().stream()
                    .filter(s -> s.initial().isEmpty())
                    .forEach(s -> given.put(s.key(), s == OptimizerKind.AVERAGE ? "ema:0.5" : "2"));
            given.put(setting.key(), "-7x");
            assertThatThrownBy(() -> kind.make(given, net, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the setting " + setting.key() + " of " + kind.name())
                    .hasMessageContaining(setting.range())
                    .hasMessageContaining("'-7x'");
            if (setting.initialText().matches("[0-9.]+|none")) {
                given.put(setting.key(), "-7");
                assertThatThrownBy(() -> kind.make(given, net, 1))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("the setting " + setting.key() + " of " + kind.name())
                        .hasMessageContaining("-7");
            }
        }
    }

    @Test
    void twoProvidersOfOneNameAreBothNamed() {
        assertThatThrownBy(() -> OptimizerCatalogue.of(List.of(new First(), new Second())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the optimizer 'twice'")
                .hasMessageContaining(First.class.getName())
                .hasMessageContaining(Second.class.getName());
    }

    @Test
    void aKindIsCheckedWhenItIsMade() {
        assertThatThrownBy(() -> kind("Two Words")).hasMessageContaining("'Two Words'");
        Setting<Double> other = Setting.number("other", 1.0, Range.positive(), "another one");
        assertThatThrownBy(() -> new OptimizerKind(
                        "x", "help", List.of(RATE), MainSetting.decades(other), (values, net, seed) -> null))
                .hasMessageContaining("main setting of x must be one of its settings, [rate], found other");
        assertThatThrownBy(() -> new OptimizerKind(
                        "x", "help", List.of(RATE, RATE), MainSetting.decades(RATE), (values, net, seed) -> null))
                .hasMessageContaining("two settings of x have one key");
    }

    private static OptimizerKind kind(String name) {
        return new OptimizerKind(name, "help", List.of(RATE), MainSetting.decades(RATE), (values, net, seed) -> null);
    }

    private static final class First implements OptimizerProvider {
        @Override
        public List<OptimizerKind> kinds() {
            return List.of(kind("twice"));
        }
    }

    private static final class Second implements OptimizerProvider {
        @Override
        public List<OptimizerKind> kinds() {
            return List.of(kind("twice"));
        }
    }
}
