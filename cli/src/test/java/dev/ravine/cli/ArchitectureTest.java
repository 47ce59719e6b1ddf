package dev.ravine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/architecture.md} shows the rooms and dependencies of {@link FloorsTest}, and names files that exist. */
class ArchitectureTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/architecture.md");
    private static final Pattern ROOM = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| \\S.* \\|$");
    private static final Pattern JAVA_FILE = Pattern.compile("`(?:[a-z0-9.]+/)*(\\w+\\.java)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    @Test
    void everyRoomIsInATable() throws IOException {
        assertThat(matches(ROOM)).containsExactlyElementsOf(FloorsTest.plan().keySet());
    }

    @Test
    void thePictureIsThePlan() throws IOException {
        assertThat(Files.readString(PAGE)).as("the picture of the rooms").contains("```text\n" + picture() + "```");
    }

    @Test
    void noRoomUsesOneBelowItInThePicture() {
        List<String> rooms = new ArrayList<>(FloorsTest.plan().keySet());
        FloorsTest.plan()
                .forEach((room, others) -> assertThat(others)
                        .as("rooms that %s may use", room)
                        .isSubsetOf(rooms.subList(0, rooms.indexOf(room))));
    }

    @Test
    void everyFileExists() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(ROOT)) {
            sources = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .toList();
        }
        assertThat(matches(JAVA_FILE)).isNotEmpty().isSubsetOf(sources);
        assertThat(matches(LINK)).isNotEmpty().allMatch(link -> Files.exists(PAGE.resolveSibling(link)));
    }

    private static List<String> matches(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** A row for each room, with an x in the column of each room that it may use. */
    private static String picture() {
        Map<String, List<String>> plan = FloorsTest.plan();
        List<String> rooms = new ArrayList<>(plan.keySet());
        StringBuilder picture = new StringBuilder();
        for (int row = 0; row < rooms.size(); row++) {
            String room = rooms.get(row);
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%2d %-19s", row + 1, room));
            for (int column = 0; column < row; column++) {
                line.append(plan.get(room).contains(rooms.get(column)) ? " x" : " .");
            }
            picture.append(line).append(" ").append(row + 1).append('\n');
        }
        return picture.toString();
    }
}
