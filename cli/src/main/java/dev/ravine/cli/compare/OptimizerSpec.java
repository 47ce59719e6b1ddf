package dev.ravine.cli.command;

import dev.ravine.autodiff.Curvature;
import dev.ravine.nn.Module;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Schedule;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.TrustRegionNewton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An optimizer as it is written on the command line: a name, and settings after a colon, as in
 * {@code hf:lambda=10,chunk=2000}. What is not set keeps the optimizer's default.
 *
 * @param text as written
 * @param kind which optimizer
 * @param settings by name
 */
record OptimizerSpec(String text, Kind kind, Map<String, String> settings) {
    private static final List<String> FIRST_ORDER = List.of("lr", "batch", "decay", "clip");
    private static final int LIMIT = 4096;

    /** Not QR, which needs residuals written out. */
    private static final List<String> LM_SOLVERS = List.of("conjugate-gradients", "normal-equations");

    /** The optimizers, and which settings each has. */
    enum Kind {
        SGD("sgd", with(FIRST_ORDER)),
        MOMENTUM("momentum", with(FIRST_ORDER, "mu")),
        NESTEROV("nesterov", with(FIRST_ORDER, "mu", "schedule")),
        ADAGRAD("adagrad", with(FIRST_ORDER)),
        RMSPROP("rmsprop", with(FIRST_ORDER)),
        ADAM("adam", with(FIRST_ORDER, "beta1", "beta2")),
        ADAMW("adamw", with(FIRST_ORDER, "beta1", "beta2")),
        LBFGS("lbfgs", List.of("memory")),
        HF(
                "hf",
                List.of(
                        "lambda",
                        "chunk",
                        "data",
                        "loss",
                        "growth",
                        "iterations",
                        "first-iterations",
                        "iteration-growth",
                        "warm",
                        "exponent",
                        "curvature")),
        NEWTON_CG("newton-cg", List.of("curvature", "forcing", "iterations")),
        TRUST_NEWTON("trust-newton", List.of("curvature", "radius", "iterations")),
        NEWTON("newton", List.of("curvature", "treatment", "limit")),
        BLOCK_NEWTON("block-newton", List.of("lambda", "chunk", "data", "loss", "iterations", "exact", "curvature")),
        LM("lm", List.of("mu", "solver", "limit"));

        private final String label;

        @SuppressWarnings("ImmutableEnumChecker") // all are lists that cannot change
        private final List<String> keys;

        Kind(String label, List<String> keys) {
            this.label = label;
            this.keys = keys;
        }
    }

    /** Names of all optimizers. */
    static List<String> names() {
        return Arrays.stream(Kind.values()).map(k -> k.label).toList();
    }

    private static List<String> with(List<String> shared, String... own) {
        List<String> all = new ArrayList<>(shared);
        all.addAll(Arrays.asList(own));
        return List.copyOf(all);
    }

    /**
     * Reads one.
     *
     * @param text as on the command line
     * @return what it says, values unread
     * @throws IllegalArgumentException if the name or a setting is unknown, listing those there are
     */
    static OptimizerSpec parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Kind kind = Arrays.stream(Kind.values())
                .filter(k -> k.label.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no optimizer '" + name + "', but " + String.join(", ", names())));
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String setting : text.substring(colon + 1).split(",", -1)) {
                int equals = setting.indexOf('=');
                String key = equals < 0 ? setting : setting.substring(0, equals);
                if (equals < 0 || !kind.keys.contains(key)) {
                    throw new IllegalArgumentException("'" + setting + "' is not a setting of " + name
                            + "; settings are " + String.join("=, ", kind.keys) + "=");
                }
                if (settings.put(key, setting.substring(equals + 1)) != null) {
                    throw new IllegalArgumentException("'" + text + "' sets " + key + " twice");
                }
            }
        }
        return new OptimizerSpec(text, kind, settings);
    }

    /** The same optimizer with one setting changed or added. */
    OptimizerSpec with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.put(key, value);
        String list = changed.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
        return new OptimizerSpec(kind.label + ":" + list, kind, changed);
    }

    /**
     * Makes the optimizer.
     *
     * @param module what it will train, initialized
     * @param seed of the order of examples and of noise
     * @return a new one
     * @throws IllegalArgumentException if a value cannot be read, is out of range, or the module is too large for it
     */
    Optimizer build(Module module, long seed) {
        return switch (kind) {
            case SGD -> first(Sgd.builder(), seed);
            case MOMENTUM -> {
                Sgd.Builder builder = Sgd.builder().momentum(0.9);
                number("mu", builder::momentum);
                yield first(builder, seed);
            }
            case NESTEROV -> {
                double mu = settings.containsKey("mu") ? real("mu") : 0.9;
                boolean isScheduled =
                        choose("schedule", List.of("off", "on"), "off").equals("on");
                Sgd.Builder builder = Sgd.builder();
                yield first(isScheduled ? builder.nesterov(Schedule.nesterovMomentum(mu)) : builder.nesterov(mu), seed);
            }
            case ADAGRAD -> first(Adagrad.builder(), seed);
            case RMSPROP -> first(RmsProp.builder(), seed);
            case ADAM -> first(betas(Adam.builder()), seed);
            case ADAMW -> first(betas(Adam.adamW()), seed);
            case LBFGS -> {
                Lbfgs.Builder builder = Lbfgs.builder();
                integer("memory", builder::memory);
                yield builder.build();
            }
            case HF -> {
                HessianFree.Builder builder = HessianFree.builder().seed(seed);
                number("lambda", builder::damping);
                integer("chunk", builder::curvatureExamples);
                integer("data", builder::gradientExamples);
                integer("loss", builder::lossExamples);
                number("growth", builder::growth);
                integer("iterations", builder::maxIterations);
                if (settings.containsKey("first-iterations") != settings.containsKey("iteration-growth")) {
                    throw new IllegalArgumentException(
                            "the settings first-iterations and iteration-growth of hf belong together: set both");
                }
                if (settings.containsKey("first-iterations")) {
                    builder.growingIterations(
                            read("first-iterations", "an integer", Integer::parseInt), real("iteration-growth"));
                }
                number("warm", builder::warmStart);
                number("exponent", builder::preconditioner);
                constant("curvature", Curvature.class, builder::curvature);
                yield builder.build();
            }
            case NEWTON_CG -> {
                LineSearchNewton.Builder builder = LineSearchNewton.builder();
                constant("curvature", Curvature.class, builder::curvature);
                number("forcing", builder::forcing);
                integer("iterations", builder::maxIterations);
                yield builder.build();
            }
            case TRUST_NEWTON -> {
                TrustRegionNewton.Builder builder = TrustRegionNewton.builder();
                constant("curvature", Curvature.class, builder::curvature);
                number("radius", r -> builder.radius(r, Math.max(r, 1000)));
                integer("iterations", builder::maxIterations);
                yield builder.build();
            }
            case NEWTON -> {
                ExactNewton.Builder builder = ExactNewton.builder();
                constant("curvature", Curvature.class, builder::curvature);
                constant("treatment", ExactNewton.Indefinite.class, builder::indefinite);
                integer("limit", builder::limit);
                requireWithinLimit(module);
                yield builder.build();
            }
            case BLOCK_NEWTON -> {
                BlockNewton.Builder builder = BlockNewton.builder(module).seed(seed);
                number("lambda", builder::damping);
                integer("chunk", builder::curvatureExamples);
                integer("data", builder::gradientExamples);
                integer("loss", builder::lossExamples);
                integer("iterations", builder::maxIterations);
                integer("exact", builder::exactUpTo);
                constant("curvature", Curvature.class, builder::curvature);
                yield builder.build();
            }
            case LM -> {
                LevenbergMarquardt.Builder builder =
                        LevenbergMarquardt.builder().solver(LeastSquaresSolver.CONJUGATE_GRADIENTS);
                number("mu", builder::damping);
                boolean isWrittenOut =
                        choose("solver", LM_SOLVERS, LM_SOLVERS.get(0)).equals(LM_SOLVERS.get(1));
                if (isWrittenOut) {
                    builder.solver(LeastSquaresSolver.NORMAL_EQUATIONS);
                    requireWithinLimit(module);
                }
                integer("limit", builder::limit);
                yield builder.build();
            }
        };
    }

    /** Said before anything is trained, rather than at the first step. */
    private void requireWithinLimit(Module module) {
        long n = module.parameterVector().size();
        int limit = settings.containsKey("limit") ? read("limit", "an integer", Integer::parseInt) : LIMIT;
        if (n > limit) {
            throw new IllegalArgumentException(kind.label + " would write out a matrix of " + n + " x " + n
                    + " numbers, the limit is " + limit + ": raise it with the setting limit=, or choose "
                    + (kind == Kind.LM ? "lm:solver=" + LM_SOLVERS.get(0) : "trust-newton, newton-cg or hf"));
        }
    }

    private Adam.Builder betas(Adam.Builder builder) {
        if (settings.containsKey("beta1") || settings.containsKey("beta2")) {
            builder.betas(
                    settings.containsKey("beta1") ? real("beta1") : 0.9,
                    settings.containsKey("beta2") ? real("beta2") : 0.999);
        }
        return builder;
    }

    private Optimizer first(FirstOrder.Builder<?> builder, long seed) {
        builder.seed(seed);
        number("lr", builder::learningRate);
        integer("batch", builder::batchSize);
        number("decay", builder::weightDecay);
        number("clip", builder::clipNorm);
        return builder.build();
    }

    private void number(String key, Consumer<Double> set) {
        if (settings.containsKey(key)) {
            set.accept(real(key));
        }
    }

    private double real(String key) {
        return read(key, "a number", Double::parseDouble);
    }

    private void integer(String key, Consumer<Integer> set) {
        if (settings.containsKey(key)) {
            set.accept(read(key, "an integer", Integer::parseInt));
        }
    }

    private <E extends Enum<E>> void constant(String key, Class<E> type, Consumer<E> set) {
        if (settings.containsKey(key)) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            String chosen = choose(key, names, null);
            set.accept(type.getEnumConstants()[names.indexOf(chosen)]);
        }
    }

    private String choose(String key, List<String> values, String otherwise) {
        String value = settings.getOrDefault(key, otherwise);
        if (!values.contains(value)) {
            throw new IllegalArgumentException("the setting " + key + " of " + kind.label + " must be one of "
                    + String.join(", ", values) + ", found '" + value + "'");
        }
        return value;
    }

    private <T> T read(String key, String what, Function<String, T> parser) {
        String value = settings.get(key);
        try {
            return parser.apply(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the setting " + key + " of " + kind.label + " must be " + what + ", found '" + value + "'", e);
        }
    }
}
