package dev.ravine.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which: each module uses only those below it, and only {@code core} calls ND4J. */
class FloorsTest {
    private static final JavaClasses RAVINE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ravine");

    private static final String ARRAY = "org.nd4j.linalg.api.ndarray.INDArray";

    /** The classes that handle native memory. */
    private static final String NATIVE =
            "dev\\.ravine\\.core\\.(kernels\\..*|(Arena|ArrayMemory|Elements|Address|DType|NativeRuntime)(\\$.*)?)";

    /** Each room, a package below dev.ravine, and all rooms that it may use. */
    private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

    static {
        mayUse("core");
        mayUse("core.kernels", "core");
        mayUse("core.io", "core", "core.kernels");
        mayUse("core.data", "core", "core.kernels", "core.io");
        List<String> core = List.of("core", "core.kernels", "core.io", "core.data");
        mayUse("autodiff", with(core));
        mayUse("nn", with(core, "autodiff"));
        mayUse("nn.layers", with(core, "autodiff", "nn"));
        List<String> nets = List.of(with(core, "autodiff", "nn", "nn.layers"));
        mayUse("nn.words", with(nets));
        mayUse("nn.onnx", with(nets));
        mayUse("nn.model", with(nets, "nn.words", "nn.onnx"));
        mayUse("optim.shards", with(nets));
        mayUse("optim.objective", with(nets, "optim.shards"));
        mayUse("optim.linear", with(nets));
        mayUse("optim", with(nets, "optim.objective", "optim.linear"));
        List<String> hall = List.of(with(nets, "optim", "optim.objective"));
        mayUse("optim.catalogue", with(hall));
        mayUse("optim.firstorder", with(hall, "optim.catalogue"));
        mayUse("optim.matrix", with(hall, "optim.catalogue", "optim.firstorder"));
        List<String> frame = List.of(with(hall, "optim.linear"));
        mayUse("optim.secondorder", with(frame));
        mayUse("optim.kronecker", with(frame, "optim.secondorder", "optim.catalogue"));
        mayUse("optim.newton", with(frame, "optim.secondorder", "optim.catalogue", "optim.kronecker"));
        mayUse("optim.leastsquares", with(frame, "optim.secondorder", "optim.catalogue"));
        mayUse("optim.spectrum", with(nets, "optim.linear"));
        mayUse("optim.training", with(frame));
        mayUse("optim.matlab", with(frame, "optim.firstorder", "optim.newton", "optim.leastsquares", "optim.training"));
        List<String> library = List.of(with(
                frame,
                "nn.words",
                "nn.onnx",
                "nn.model",
                "optim.catalogue",
                "optim.firstorder",
                "optim.matrix",
                "optim.secondorder",
                "optim.kronecker",
                "optim.newton",
                "optim.leastsquares",
                "optim.spectrum",
                "optim.training",
                "optim.matlab"));
        mayUse("examples", with(library));
        mayUse("cli.report", "core", "core.kernels", "core.io");
        mayUse("cli.runs", "core", "core.io", "cli.report");
        mayUse("cli.study", with(library, "examples", "cli.report"));
        mayUse("cli.problem", with(library, "examples", "cli.report"));
        mayUse("cli.compare", with(library, "cli.report", "cli.problem"));
        mayUse("cli.spectrum", with(library, "cli.report"));
        mayUse(
                "cli.command",
                with(
                        library,
                        "examples",
                        "cli.report",
                        "cli.runs",
                        "cli.study",
                        "cli.problem",
                        "cli.compare",
                        "cli.spectrum"));
    }

    /** {@return the rooms from the ground up, each with the rooms that it may use} */
    static Map<String, List<String>> plan() {
        return Collections.unmodifiableMap(MAY_USE);
    }

    private static void mayUse(String room, String... others) {
        MAY_USE.put(room, List.of(others));
    }

    private static String[] with(List<String> rooms, String... more) {
        return Stream.concat(rooms.stream(), Stream.of(more)).toArray(String[]::new);
    }

    static Stream<String> rooms() {
        return MAY_USE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void eachRoomUsesOnlyItsNeighbours(String room) {
        String[] forbidden = MAY_USE.keySet().stream()
                .filter(other -> !other.equals(room) && !MAY_USE.get(room).contains(other))
                .map(other -> "dev.ravine." + other)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.ravine." + room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(forbidden.length == 0)
                .check(RAVINE);
    }

    @Test
    void everyPackageIsARoom() {
        assertThat(RAVINE.stream().map(JavaClass::getPackageName).distinct())
                .allMatch(name -> MAY_USE.containsKey(name.substring("dev.ravine.".length())));
    }

    /** Ravine's own readers are tested against hostile files. */
    @Test
    void nobodyReadsFilesThroughNd4j() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(nameMatching("org\\.nd4j\\..*")))
                        .and(target(nameMatching("(?i).*(numpy|npy|npz|readbinary|readtxt).*"))))
                .check(RAVINE);
    }

    @Test
    void outsideOfTheKernelsNd4jIsOnlyTheArrayType() {
        DescribedPredicate<JavaClass> nativeLibraries = resideInAPackage("org.nd4j..")
                .or(resideInAPackage("org.bytedeco.."))
                .and(DescribedPredicate.not(nameMatching("(\\[L)?" + ARRAY.replace(".", "\\.") + ";?")))
                .as("classes of ND4J and its native libraries other than INDArray");
        noClasses()
                .that(DescribedPredicate.not(nameMatching(NATIVE)))
                .should()
                .dependOnClassesThat(nativeLibraries)
                .check(RAVINE);
    }

    /** ND4J computes in the kernels and allocates in the arena; the runtime loads it. */
    @Test
    void onlyKernelsAndTheArenaCallNd4j() {
        noClasses()
                .that(DescribedPredicate.not(nameMatching("dev\\.ravine\\.core\\.(kernels\\..*|Arena|NativeRuntime)")))
                .should()
                .dependOnClassesThat(nameMatching("org\\.nd4j\\.linalg\\.factory\\..*"))
                .check(RAVINE);
    }

    /** Reading the shape or a single number is not a computation. */
    @Test
    void outsideOfTheKernelsNobodyComputesWithArrays() {
        noClasses()
                .that(DescribedPredicate.not(nameMatching(NATIVE)))
                .should()
                .callMethodWhere(target(owner(nameMatching(ARRAY.replace(".", "\\."))))
                        .and(target(DescribedPredicate.not(
                                nameMatching("shape|size|length|rank|isEmpty|dataType|getDouble|equals|hashCode")))))
                .check(RAVINE);
    }

    @Test
    void onlyExamplesAndTheCommandPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.ravine.examples..", "dev.ravine.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(RAVINE);
    }
}
