package dev.ravine.optim.firstorder;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** The groups of an optimizer's parameters that have settings of their own, and the rest. */
final class StepGroups {
    private static final String STATE = "groups";

    private final GroupSettings rest;
    private final Map<ParameterGroup, GroupSettings> groups = new LinkedHashMap<>();
    private final List<ParameterGroup> names;

    /**
     * Groups with their settings.
     *
     * @param rest settings of the parameters that are in no group
     * @param changes from these to the settings of each group
     */
    StepGroups(GroupSettings rest, Map<ParameterGroup, UnaryOperator<GroupSettings>> changes) {
        this.rest = rest;
        changes.forEach((group, change) -> groups.put(
                group,
                Objects.requireNonNull(
                        change.apply(rest), () -> "the settings of the group '" + group.name() + "' are null")));
        this.names = ParameterGroup.requireApart(List.copyOf(groups.keySet()));
    }

    /**
     * The parts of a step: the groups in their order, then the rest.
     *
     * @param trainable what may change at all
     * @param rate the learning rate that a schedule gives to this step
     */
    List<GradientStep.Part> parts(List<Span> trainable, ToDoubleFunction<Schedule> rate) {
        if (groups.isEmpty()) {
            return List.of(part(trainable, rest, rate));
        }
        List<GradientStep.Part> parts = new ArrayList<>();
        groups.forEach((group, settings) -> parts.add(part(group.within(trainable), settings, rate)));
        parts.add(part(ParameterGroup.rest(trainable, names), rest, rate));
        return parts;
    }

    private static GradientStep.Part part(List<Span> spans, GroupSettings settings, ToDoubleFunction<Schedule> rate) {
        return new GradientStep.Part(
                spans, settings.factor() * rate.applyAsDouble(settings.schedule()), settings.decay());
    }

    /** The learning rates of the parts by their names in reports. */
    void tell(List<GradientStep.Part> parts, Map<String, Double> telemetry) {
        telemetry.put("learning_rate", parts.get(names.size()).rate());
        for (int i = 0; i < names.size(); i++) {
            telemetry.put(
                    "learning_rate of " + names.get(i).name(), parts.get(i).rate());
        }
    }

    /** Each group with its size and settings, for the optimizer's name. */
    String describe() {
        return groups.entrySet().stream()
                .map(e -> "; " + e.getKey().name() + "[" + e.getKey().size() + "]: " + e.getValue())
                .collect(Collectors.joining());
    }

    /** Refuses parameters that the groups do not belong to. */
    void requireWithin(long parameters) {
        names.forEach(group -> group.requireWithin(parameters));
    }

    /** The groups as text that is the same in every process. */
    List<String> text() {
        return groups.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue().text())
                .toList();
    }

    /** A number that tells other groups or settings apart; nothing if there are no groups. */
    Map<String, Double> stateNumbers() {
        return groups.isEmpty() ? Map.of() : Map.of(STATE, checksum());
    }

    /**
     * Refuses the state of an optimizer with other groups.
     *
     * @throws IllegalArgumentException if groups or their settings differ
     */
    void require(String optimizer, OptimizerState state) {
        double own = groups.isEmpty() ? 0 : checksum();
        if (state.numbers().getOrDefault(STATE, 0.0) != own) {
            throw new IllegalArgumentException("the state was saved with other groups of parameters than those of "
                    + optimizer + ", or with other settings of groups; build it with the groups of the saved run, or"
                    + " begin anew");
        }
    }

    private double checksum() {
        CRC32C crc = new CRC32C();
        crc.update(String.join("\n", text()).getBytes(StandardCharsets.UTF_8));
        return (double) crc.getValue();
    }
}
