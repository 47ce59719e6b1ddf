import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the jars of a class path, and what they repackage, with a list of known vulnerabilities. Arguments: the list, and a
 * file that holds the class path. Exits with 1 if a vulnerability is not accepted.
 */
public final class CheckDependencies {
    private static final Pattern IN_REPOSITORY =
            Pattern.compile(".*[/\\\\]repository[/\\\\](.+)[/\\\\]([^/\\\\]+)[/\\\\]([^/\\\\]+)[/\\\\][^/\\\\]+\\.jar");
    private static final Pattern PROPERTIES = Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");

    private record Advisory(String artifact, String fixed, String id, String what, String accepted) {
        static Advisory of(String line) {
            String[] parts = line.split("\\|", -1);
            if (parts.length != 5) {
                throw new IllegalArgumentException("a line must have 5 parts with | between them, found: " + line);
            }
            return new Advisory(parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip(), parts[4].strip());
        }
    }

    public static void main(String[] args) throws IOException {
        List<Advisory> advisories = Files.readAllLines(Path.of(args[0])).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Advisory::of)
                .toList();
        Map<String, List<String>> places = new TreeMap<>();
        for (String jar : Files.readString(Path.of(args[1])).strip().split(File.pathSeparator)) {
            try {
                addJar(Path.of(jar), places);
            } catch (IOException e) {
                refuse(jar + " cannot be read (" + e.getMessage() + "), so nothing is known about it");
            }
        }
        if (places.isEmpty()) {
            refuse(args[1] + " names no artifacts");
        }
        int open = 0;
        for (Map.Entry<String, List<String>> found : places.entrySet()) {
            String artifact = found.getKey().substring(0, found.getKey().lastIndexOf(':'));
            String version = found.getKey().substring(artifact.length() + 1);
            for (Advisory advisory : advisories) {
                if (advisory.artifact.equals(artifact) && isBefore(version, advisory.fixed)) {
                    boolean isAccepted = !advisory.accepted.isEmpty();
                    open += isAccepted ? 0 : 1;
                    System.out.println((isAccepted ? "accepted: " : "OPEN: ") + found.getKey() + " in " + found.getValue()
                            + ": " + advisory.id + ", " + advisory.what + "; fixed in " + advisory.fixed
                            + (isAccepted ? "; " + advisory.accepted : ""));
                }
            }
        }
        System.out.println(places.size() + " artifacts against " + advisories.size() + " advisories: " + open + " open");
        System.exit(open == 0 ? 0 : 1);
    }

    /** What was not looked at must not look safe. */
    private static void refuse(String why) {
        System.err.println("check-dependencies: " + why + "; build again: mvn -B -DskipTests package");
        System.exit(2);
    }

    private static void addJar(Path jar, Map<String, List<String>> places) throws IOException {
        Matcher matcher = IN_REPOSITORY.matcher(jar.toString());
        String name = jar.getFileName().toString();
        if (matcher.matches()) {
            String artifact = matcher.group(1).replace('/', '.').replace('\\', '.') + ":" + matcher.group(2);
            places.computeIfAbsent(artifact + ":" + matcher.group(3), k -> new ArrayList<>()).add(name);
        }
        if (!name.endsWith(".jar")) {
            return;
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().filter(e -> PROPERTIES.matcher(e.getName()).matches()).toList()) {
                Properties properties = new Properties();
                try (InputStream in = file.getInputStream(entry)) {
                    properties.load(in);
                }
                String key = properties.getProperty("groupId") + ":" + properties.getProperty("artifactId") + ":"
                        + properties.getProperty("version");
                List<String> names = places.computeIfAbsent(key, k -> new ArrayList<>());
                if (!names.contains(name)) {
                    names.add(name);
                }
            }
        }
    }

    /** Compares the numbers of two versions; a missing one is 0. */
    private static boolean isBefore(String version, String fixed) {
        String[] one = version.split("[^0-9]+");
        String[] other = fixed.split("[^0-9]+");
        for (int i = 0; i < Math.max(one.length, other.length); i++) {
            int difference = Long.compare(number(one, i), number(other, i));
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }

    private static long number(String[] parts, int i) {
        return i < parts.length && !parts[i].isEmpty() ? Long.parseLong(parts[i]) : 0;
    }
}
