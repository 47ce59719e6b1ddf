package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.DType;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.catalogue.OptimizerKind;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written on a command line is what a builder does. */
class KroneckerKindsTest {
    private static final long SEED = 5;

    static Stream<Arguments> written() {
        return Stream.of(
                Arguments.of("preset=reference", Kfac.reference()),
                Arguments.of(
                        "preset=reference,tridiagonal=off", Kfac.reference().tridiagonal(false)),
                Arguments.of("preset=reference,batch=50", Kfac.reference().batchReachingAll(50, 500)),
                Arguments.of("preset=reference,growth=1.5", Kfac.reference().batch(1000, 1.5)),
                Arguments.of("preset=kfac-jax", Kfac.kfacJax()),
                Arguments.of("preset=kfac-jax,inverse=7", Kfac.kfacJax().inverses(7, 0)),
                Arguments.of("preset=kbfgs", Kfac.kbfgsPaper()),
                Arguments.of("preset=kbfgs,batch=20", Kfac.kbfgsPaper().batch(20, 1)),
                Arguments.of(
                        "preset=kbfgs,lambda=4", Kfac.kbfgsPaper().damping(4).gamma(2)),
                Arguments.of("lr=0.5,mu=0.9", plain().fixed(0.5, 0.9)),
                Arguments.of(
                        "lr=0.5,mu=0.9,schedule=on",
                        plain().fixed(Schedule.constant(0.5), Schedule.nesterovMomentum(0.9))),
                Arguments.of("calibrate=30", plain().calibrate(30)),
                Arguments.of("correct=on", plain().correctEigenvalues()),
                Arguments.of("tridiagonal=on", plain().tridiagonal(true)),
                Arguments.of("factors=equal", plain().factorDamping(FactorDamping.EQUAL)),
                Arguments.of("rest=adam", plain().rest(RestRule.adam(0.001))),
                Arguments.of("rest=sgd,rest-lr=0.2", plain().rest(RestRule.sgd(Schedule.constant(0.2), 0.9))));
    }

    /** The catalogue's growth has fewer digits than the builder's. */
    private static Kfac.Builder plain() {
        return Kfac.builder().batch(500, 1.0046);
    }

    @ParameterizedTest
    @MethodSource("written")
    void settingsAreThoseOfTheBuilder(String text, Kfac.Builder builder) {
        try (Optimizer made = make(text);
                Optimizer expected = builder.seed(SEED).build();
                Optimizer other = plain().seed(SEED).build()) {
            assertThat(made.settings()).isEqualTo(expected.settings());
            assertThat(made.state().numbers()).isEqualTo(expected.state().numbers());
            assertThat(made.settings()).isNotEqualTo(other.settings());
        }
    }

    private static Optimizer make(String text) {
        Map<String, String> given = new HashMap<>();
        for (String setting : text.split(",", -1)) {
            String[] parts = setting.split("=", -1);
            given.put(parts[0], parts[1]);
        }
        OptimizerKind kind = new KroneckerKinds().kinds().get(0);
        Module net = new Linear(2, 1);
        net.initialize(DType.FLOAT64, 1);
        return kind.make(given, net, SEED);
    }

    @Test
    void settingsThatDoNothingTogetherAreRefused() {
        assertThatThrownBy(() -> make("schedule=on"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mu");
        assertThatThrownBy(() -> make("lr=1,mu=0.5,calibrate=9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("calibrate");
    }
}
