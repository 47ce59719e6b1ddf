package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every Java snippet of the documentation stands, line by line, in a source file that is compiled and run by a test. */
class DocSnippetsTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> SOURCES = List.of(
            "examples/src/main/java",
            "examples/src/test/java",
            "cli/src/main/java",
            "cli/src/test/java",
            "cli/src/test/resources/plugin");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "docs/coming-from-dl4j.md",
                "docs/coming-from-pytorch.md",
                "docs/coming-from-scipy.md",
                "docs/coming-from-trainlm.md",
                "docs/how-it-works.md",
                "docs/convolution.md",
                "docs/extending.md",
                "docs/getting-started.md",
                "docs/optimizers.md"
            })
    void everySnippetIsCompiled(String page) throws IOException {
        List<String> sources = sources();
        Matcher snippets = SNIPPET.matcher(Files.readString(ROOT.resolve(page)));
        int count = 0;
        while (snippets.find()) {
            String snippet = normalized(snippets.group(1));
            assertThat(sources)
                    .as("snippet of %s:%n%s", page, snippets.group(1))
                    .anyMatch(s -> s.contains(snippet));
            count++;
        }
        assertThat(count).as("snippets of %s", page).isPositive();
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String folder : SOURCES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    sources.add(normalized(Files.readString(file)));
                }
            }
        }
        return sources;
    }

    /** Indentation and line breaks do not count. */
    private static String normalized(String code) {
        return code.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "))
                .replaceAll("\\s+", " ")
                .replace("( ", "(")
                .replace(" .", ".")
                .strip();
    }
}
