package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Classes that need one another form a knot: none can be read without all. There is one, of tensors and operations: the
 * methods of a tensor make operations, and the rules of an operation call methods of tensors.
 */
class KnotsTest {
    private static final String OPERATIONS = "dev.ravine.autodiff.";

    @Test
    void tensorsAndOperationsAreTheOnlyKnot() {
        Map<String, Set<String>> uses = uses();
        List<Set<String>> knots = new ArrayList<>();
        Set<String> done = new HashSet<>();
        Map<String, Set<String>> reachable = new HashMap<>();
        for (String one : uses.keySet()) {
            reachable.put(one, reachable(one, uses));
        }
        for (String one : uses.keySet()) {
            Set<String> knot = new TreeSet<>();
            for (String other : reachable.get(one)) {
                if (reachable.getOrDefault(other, Set.of()).contains(one)) {
                    knot.add(other);
                }
            }
            if (knot.size() > 1 && done.add(one)) {
                done.addAll(knot);
                knots.add(knot);
            }
        }
        assertThat(knots).hasSize(1);
        assertThat(knots.get(0))
                .contains(OPERATIONS + "Tensor", OPERATIONS + "Op")
                .allMatch(name -> name.startsWith(OPERATIONS));
    }

    /** Which classes each one uses; nested classes count as the one around them. */
    private static Map<String, Set<String>> uses() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass from : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.ravine")) {
            Set<String> used = uses.computeIfAbsent(outermost(from), k -> new TreeSet<>());
            from.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> outermost(dependency.getTargetClass().getBaseComponentType()))
                    .filter(name -> name.startsWith("dev.ravine."))
                    .forEach(used::add);
        }
        return uses;
    }

    private static String outermost(JavaClass nested) {
        String name = nested.getName();
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    private static Set<String> reachable(String start, Map<String, Set<String>> uses) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.getOrDefault(start, Set.of()));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return seen;
    }
}
