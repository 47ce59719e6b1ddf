package dev.ravine.cli.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Names of optimizers as people say them, such as "Adam, rate 3e-4". */
public final class OptimizerNames {
    /** Of the kinds that the library has; others go by the name that their provider gave them. */
    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("sgd", "SGD"),
            Map.entry("momentum", "Momentum"),
            Map.entry("nesterov", "Nesterov"),
            Map.entry("adagrad", "Adagrad"),
            Map.entry("rmsprop", "RMSprop"),
            Map.entry("adadelta", "Adadelta"),
            Map.entry("adam", "Adam"),
            Map.entry("adamw", "AdamW"),
            Map.entry("schedule-free", "Schedule-free AdamW"),
            Map.entry("nadam", "NAdam"),
            Map.entry("radam", "RAdam"),
            Map.entry("adamax", "Adamax"),
            Map.entry("rprop", "Rprop"),
            Map.entry("lion", "Lion"),
            Map.entry("muon", "Muon"),
            Map.entry("soap", "SOAP"),
            Map.entry("shampoo", "Shampoo"),
            Map.entry("adahessian", "AdaHessian"),
            Map.entry("sophia", "Sophia"),
            Map.entry("lbfgs", "L-BFGS"),
            Map.entry("bfgs", "BFGS"),
            Map.entry("oss", "One-step secant"),
            Map.entry("ncg", "Conjugate gradients"),
            Map.entry("scg", "Scaled conjugate gradients"),
            Map.entry("hf", "Hessian-free"),
            Map.entry("newton-cg", "Newton-CG"),
            Map.entry("trust-newton", "Trust-region Newton"),
            Map.entry("newton", "Newton"),
            Map.entry("block-newton", "Newton by layers"),
            Map.entry("hf-kfac", "Hessian-free with K-FAC"),
            Map.entry("kfac", "K-FAC"),
            Map.entry("lm", "Levenberg-Marquardt"),
            Map.entry("damped-gn", "Damped Gauss-Newton"),
            Map.entry("bayes", "Bayesian regularization"));

    private static final String RATE = "lr";

    private OptimizerNames() {}

    /**
     * {@return a name for each optimizer, no two of them equal} A rate is part of the name; other settings are where
     * there are several optimizers of one kind.
     *
     * @param optimizers distinct
     */
    public static List<String> of(List<OptimizerSpec> optimizers) {
        List<String> names = new ArrayList<>();
        for (OptimizerSpec spec : optimizers) {
            names.add(name(spec, Set.of(RATE)));
        }
        for (int i = 0; i < names.size(); i++) {
            String brief = names.get(i);
            List<Integer> same = new ArrayList<>();
            for (int j = i; j < names.size(); j++) {
                if (names.get(j).equals(brief)) {
                    same.add(j);
                }
            }
            if (same.size() > 1) {
                same.forEach(j -> {
                    OptimizerSpec spec = optimizers.get(j);
                    names.set(j, name(spec, spec.settings().keySet()));
                });
            }
        }
        for (int i = 0; i < names.size(); i++) {
            if (Collections.frequency(names, names.get(i)) > 1) {
                names.set(i, names.get(i) + " (" + optimizers.get(i).text() + ")");
            }
        }
        return names;
    }

    /** The title of a kind. */
    static String title(String kind) {
        return TITLES.getOrDefault(kind, kind);
    }

    private static String name(OptimizerSpec spec, Set<String> keys) {
        String settings = spec.settings().entrySet().stream()
                .filter(setting -> keys.contains(setting.getKey()))
                .map(setting ->
                        ", " + (setting.getKey().equals(RATE) ? "rate" : setting.getKey()) + " " + setting.getValue())
                .collect(Collectors.joining());
        return title(spec.kind().name()) + settings;
    }

    /** Such as "A, B and C". */
    static String listed(List<String> names) {
        int last = names.size() - 1;
        return last < 1 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
