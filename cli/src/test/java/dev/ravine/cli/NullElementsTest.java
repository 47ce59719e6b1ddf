package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Public constructors and methods that take lists, maps or arrays say so when these, or elements of them, are null. */
class NullElementsTest {
    private static final List<String> PACKAGES =
            List.of("dev.ravine.core", "dev.ravine.autodiff", "dev.ravine.nn", "dev.ravine.optim");

    private static final ArgumentSamples SAMPLES = new ArgumentSamples();

    @AfterAll
    static void close() {
        SAMPLES.close();
    }

    static Stream<Class<?>> types() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(PACKAGES).stream()
                        .filter(c ->
                                FloorsTest.plan().containsKey(c.getPackageName().substring("dev.ravine.".length())))
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(NullElementsTest::isPublic)
                        .filter(c -> ways(c).anyMatch(NullElementsTest::takesElements))
                        .sorted(Comparator.comparing(Class::getName));
    }

    @ParameterizedTest
    @MethodSource("types")
    void areNamed(Class<?> type) {
        assertThat(ways(type).filter(NullElementsTest::takesElements).flatMap(way -> bareErrors(type, way)))
                .isEmpty();
    }

    /** The search for arguments does not fail in silence. */
    @ParameterizedTest
    @MethodSource("types")
    void areTried(Class<?> type) {
        assertThat(ways(type).filter(NullElementsTest::takesElements))
                .isNotEmpty()
                .allMatch(way -> SAMPLES.arguments(way).isPresent())
                .allMatch(way -> isStatic(way) || SAMPLES.of(type).isPresent());
    }

    @Test
    void manyClassesTakeElements() {
        assertThat(types()).hasSizeGreaterThan(60);
    }

    /** Its own constructors and methods, and those of superclasses that are not public themselves. */
    private static Stream<Executable> ways(Class<?> type) {
        Stream<Class<?>> hidden =
                Stream.<Class<?>>iterate(type.getSuperclass(), c -> c != null && !isPublic(c), Class::getSuperclass);
        Stream<Class<?>> classes = Stream.concat(Stream.of(type), hidden);
        return Stream.<Executable>concat(
                        Arrays.stream(type.getConstructors()),
                        classes.flatMap(c -> Arrays.stream(c.getDeclaredMethods())))
                .filter(way -> Modifier.isPublic(way.getModifiers())
                        && !Modifier.isAbstract(way.getModifiers())
                        && !way.isSynthetic());
    }

    private static boolean takesElements(Executable way) {
        return Arrays.stream(way.getGenericParameterTypes())
                .anyMatch(t -> !SAMPLES.withNulls(t).isEmpty());
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    private static Stream<String> bareErrors(Class<?> type, Executable way) {
        List<String> bare = new ArrayList<>();
        Object[] arguments = SAMPLES.arguments(way).orElseThrow();
        Object receiver = isStatic(way) ? null : SAMPLES.of(type).orElseThrow();
        for (int i = 0; i < arguments.length; i++) {
            if (!SAMPLES.withNulls(way.getGenericParameterTypes()[i]).isEmpty()) {
                Object[] given = arguments.clone();
                given[i] = null;
                error(way, receiver, given)
                        .filter(e -> String.valueOf(e.getMessage()).matches("null|(?s)Cannot .*"))
                        .ifPresent(e -> bare.add(way + ", no container: " + e));
            }
            for (ArgumentSamples.Flawed flaw : SAMPLES.withNulls(way.getGenericParameterTypes()[i])) {
                Object[] given = arguments.clone();
                given[i] = flaw.container();
                error(way, receiver, given).ifPresent(e -> bare.add(way + ", " + flaw.where() + ": " + e));
            }
        }
        return bare.stream();
    }

    private static boolean isStatic(Executable way) {
        return way instanceof Constructor || Modifier.isStatic(way.getModifiers());
    }

    private static Optional<Throwable> error(Executable way, Object receiver, Object[] given) {
        try {
            ArgumentSamples.call(way, receiver, given);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(e.getCause()).filter(NullElementsTest::isBare);
        }
    }

    /** Whether an error is not of Ravine's own words. */
    private static boolean isBare(Throwable error) {
        String message = String.valueOf(error.getMessage());
        return error instanceof NullPointerException
                ? message.startsWith("Cannot ") || !message.contains("must not be null")
                : !(error instanceof IllegalArgumentException || error instanceof IllegalStateException);
    }
}
