package dev.ravine.optim.objective;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Parameters that an optimizer or an objective treats alike: a name, and the stretches of the parameter vector that
 * they take. Groups are chosen from a module's parameters with {@link Parameters}:
 *
 * <pre>{@code
 * var noDecay = ParameterGroup.of("biases and gains", net, Parameters.biasesAndGains());
 * var head = ParameterGroup.of("head", net, Parameters.under("4"));
 * }</pre>
 *
 * @param name what it is called in reports
 * @param spans where its parameters are, in ascending order, neighbours joined
 */
public record ParameterGroup(String name, List<Span> spans) {
    /**
     * Copies the list.
     *
     * @param name what it is called in reports
     * @param spans where its parameters are, in ascending order, neighbours joined
     */
    public ParameterGroup {
        spans = Span.joined(Check.noNulls("the spans of the group '" + name + "'", spans));
        if (spans.isEmpty()) {
            throw new IllegalArgumentException("the group '" + name + "' has no parameters");
        }
    }

    /**
     * One stretch.
     *
     * @param name what it is called in reports
     * @param offset its first element
     * @param size how long it is
     */
    public ParameterGroup(String name, long offset, long size) {
        this(name, List.of(span(name, offset, size)));
    }

    private static Span span(String name, long offset, long size) {
        if (offset < 0 || size < 0 || offset > Integer.MAX_VALUE - size) {
            throw new IllegalArgumentException("the group '" + name + "' needs an offset and a size from 0 to "
                    + Integer.MAX_VALUE + " in all, found " + offset + " and " + size);
        }
        return new Span((int) offset, (int) (offset + size));
    }

    /**
     * Parameters of a module.
     *
     * @param name what they are called in reports
     * @param module initialized
     * @param which such as {@link Parameters#under}
     * @return the parameters that fit
     * @throws IllegalArgumentException if there are none
     */
    public static ParameterGroup of(String name, Module module, Predicate<ParameterVector.Segment> which) {
        List<ParameterVector.Segment> all = module.parameterVector().segments();
        List<Span> spans =
                all.stream().filter(which).map(ParameterGroup::spanOf).toList();
        if (spans.isEmpty()) {
            throw new IllegalArgumentException("the group '" + name + "' has no parameters; there are "
                    + all.stream().map(ParameterVector.Segment::path).toList());
        }
        return new ParameterGroup(name, spans);
    }

    /**
     * The layers of a module: runs of consecutive parameters of the same submodule.
     *
     * @param module initialized
     * @return groups that cover the parameter vector, in its order, named by the submodules' paths
     */
    public static List<ParameterGroup> layersOf(Module module) {
        List<ParameterGroup> groups = new ArrayList<>();
        for (ParameterVector.Segment segment : module.parameterVector().segments()) {
            String layer = Parameters.layerOf(segment);
            int last = groups.size() - 1;
            if (last >= 0 && groups.get(last).name.equals(layer)) {
                List<Span> longer = new ArrayList<>(groups.get(last).spans);
                longer.add(spanOf(segment));
                groups.set(last, new ParameterGroup(layer, longer));
            } else {
                groups.add(new ParameterGroup(layer, List.of(spanOf(segment))));
            }
        }
        return groups;
    }

    private static Span spanOf(ParameterVector.Segment segment) {
        return new Span(Math.toIntExact(segment.offset()), Math.toIntExact(segment.offset() + segment.size()));
    }

    /**
     * Checks groups whose settings differ.
     *
     * @param groups any
     * @return the same groups
     * @throws IllegalArgumentException if two have the same name or share a parameter
     */
    public static List<ParameterGroup> requireApart(List<ParameterGroup> groups) {
        Map<String, ParameterGroup> seen = new LinkedHashMap<>();
        for (ParameterGroup group : Check.noNulls("groups", groups)) {
            if (seen.containsKey(group.name)) {
                throw new IllegalArgumentException(
                        "two groups are called '" + group.name + "'; give each its own name");
            }
            for (ParameterGroup other : seen.values()) {
                List<Span> shared = Span.intersection(group.spans, other.spans);
                if (!shared.isEmpty()) {
                    throw new IllegalArgumentException("the groups '" + other.name + "' and '" + group.name
                            + "' share the elements " + shared.get(0).from() + " to "
                            + (shared.get(0).to() - 1)
                            + " of the parameter vector; a parameter is in one group only");
                }
            }
            seen.put(group.name, group);
        }
        return groups;
    }

    /**
     * The stretches that are in no group.
     *
     * @param spans in ascending order
     * @param groups any
     * @return what is left of the spans
     */
    public static List<Span> rest(List<Span> spans, List<ParameterGroup> groups) {
        List<Span> rest = Check.noNulls("spans", spans);
        for (ParameterGroup group : Check.noNulls("groups", groups)) {
            rest = Span.difference(rest, group.spans);
        }
        return rest;
    }

    /**
     * The parts of this group that are in some spans, such as those of {@link Objective#trainable}.
     *
     * @param others in ascending order
     * @return stretches in ascending order
     */
    public List<Span> within(List<Span> others) {
        return Span.intersection(spans, Check.noNulls("spans", others));
    }

    /**
     * Refuses a vector that the group does not belong to.
     *
     * @param parameters how many there are
     * @throws IllegalArgumentException if the group goes beyond them
     */
    public void requireWithin(long parameters) {
        if (end() > parameters) {
            throw new IllegalArgumentException("the group " + this + " does not fit to " + parameters
                    + " parameters; make groups from the module that is trained");
        }
    }

    /** {@return the first element of its first stretch} */
    public long offset() {
        return spans.get(0).from();
    }

    private long end() {
        return spans.get(spans.size() - 1).to();
    }

    /** {@return how many parameters it has} */
    public long size() {
        return spans.stream().mapToLong(span -> (long) span.to() - span.from()).sum();
    }

    /** {@return whether its parameters are one stretch} */
    public boolean isContiguous() {
        return spans.size() == 1;
    }

    /** {@return its name and where its parameters are, such as {@code biases (elements 6..8, 14..15)}} */
    @Override
    public String toString() {
        return name
                + spans.stream()
                        .map(span -> span.from() + ".." + (span.to() - 1))
                        .collect(Collectors.joining(", ", " (elements ", ")"));
    }
}
