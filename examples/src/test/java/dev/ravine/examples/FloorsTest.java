package dev.ravine.examples;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The plan of the house: each floor stands on those under it, and ND4J stays in the cellar. */
class FloorsTest {
    private static final JavaClasses RAVINE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ravine");

    private static final String ARRAY = "org.nd4j.linalg.api.ndarray.INDArray";

    @Test
    void eachFloorUsesOnlyThoseUnderIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("core")
                .definedBy("dev.ravine.core..")
                .layer("autodiff")
                .definedBy("dev.ravine.autodiff..")
                .layer("nn")
                .definedBy("dev.ravine.nn..")
                .layer("optim")
                .definedBy("dev.ravine.optim..")
                .layer("examples")
                .definedBy("dev.ravine.examples..")
                .whereLayer("examples")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("optim")
                .mayOnlyBeAccessedByLayers("examples")
                .whereLayer("nn")
                .mayOnlyBeAccessedByLayers("optim", "examples")
                .whereLayer("autodiff")
                .mayOnlyBeAccessedByLayers("nn", "optim", "examples")
                .check(RAVINE);
    }

    @Test
    void filesStandOnTheRestOfCoreAndDataOnBoth() {
        noClasses()
                .that()
                .resideInAPackage("dev.ravine.core")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.ravine.core.data..", "dev.ravine.core.io..")
                .check(RAVINE);
        noClasses()
                .that()
                .resideInAPackage("dev.ravine.core.io..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.ravine.core.data..")
                .check(RAVINE);
    }

    /** Files are read by code of ours, which is tested against hostile ones. */
    @Test
    void nobodyReadsFilesThroughNd4j() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(nameMatching("org\\.nd4j\\..*")))
                        .and(target(nameMatching("(?i).*(numpy|npy|npz|readbinary|readtxt).*"))))
                .check(RAVINE);
    }

    @Test
    void outsideOfCoreNd4jIsOnlyTheArrayType() {
        DescribedPredicate<JavaClass> nativeLibraries = resideInAPackage("org.nd4j..")
                .or(resideInAPackage("org.bytedeco.."))
                .and(DescribedPredicate.not(nameMatching("(\\[L)?" + ARRAY.replace(".", "\\.") + ";?")))
                .as("classes of ND4J and its native libraries other than INDArray");
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ravine.core..")
                .should()
                .dependOnClassesThat(nativeLibraries)
                .check(RAVINE);
    }

    /** Reading the shape or a single number is no operation. */
    @Test
    void outsideOfCoreNobodyComputesWithArrays() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ravine.core..")
                .should()
                .callMethodWhere(target(owner(nameMatching(ARRAY.replace(".", "\\."))))
                        .and(target(DescribedPredicate.not(
                                nameMatching("shape|size|length|rank|isEmpty|dataType|getDouble|equals|hashCode")))))
                .check(RAVINE);
    }

    @Test
    void onlyTheExamplesPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ravine.examples..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(RAVINE);
    }
}
