package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Module names and versions that users of the artifacts rely on. {@code .ci/user-project} looks into the jars. */
class PackagingTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern VERSION = Pattern.compile("<version>([^<$]+)</version>");

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    static List<String> modules() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))
                            && Files.isDirectory(folder.resolve("src/main/java/dev/ravine")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void jarsCarryTheirModuleName() throws IOException {
        assertThat(read("pom.xml")).contains("<Automatic-Module-Name>${module.name}</Automatic-Module-Name>");
        assertThat(modules()).contains("core", "autodiff", "nn", "optim", "examples", "cli");
    }

    /** Modules with names that are not those of their packages, or with packages in common, would not load together. */
    @ParameterizedTest
    @MethodSource("modules")
    void packagesAreThoseOfTheModulesName(String module) throws IOException {
        assertThat(read(module + "/pom.xml")).contains("<module.name>dev.ravine." + module + "</module.name>");
        try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")))
                    .allMatch(file -> file.startsWith(ROOT.resolve(module + "/src/main/java/dev/ravine/" + module)));
        }
    }

    @Test
    void theBomHasTheVersionOfEveryArtifact() throws IOException {
        String bom = read("bom/pom.xml");
        Matcher own = VERSION.matcher(bom);
        Matcher parent = VERSION.matcher(read("pom.xml"));
        assertThat(own.find() && parent.find()).isTrue();
        assertThat(own.group(1)).isEqualTo(parent.group(1));
        assertThat(bom).doesNotContain("<parent>");
        for (String module : modules()) {
            if (!module.equals("benchmarks")) {
                assertThat(bom).contains("<artifactId>ravine-" + module + "</artifactId>");
            }
        }
        assertThat(read("docs/your-project.md")).contains("<version>" + own.group(1) + "</version>");
    }
}
