import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code ravine.cmd} runs, as {@code java Launch.java ROOT ARGUMENT ...}: the ravine command, or a JShell with
 * Ravine on its class path. It builds first what was never built or is older than its sources. Jars and folders in the
 * variable RAVINE_CLASSPATH join the class path.
 */
public final class Launch {
    private static final boolean IS_WINDOWS = File.separatorChar == '\\';

    private final Path root;
    private final Path list;

    private Launch(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.list = this.root.resolve("cli/target/ravine.classpath");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Launch launch = new Launch(Path.of(args[0]));
        List<String> arguments = List.of(args).subList(1, args.length);
        int built = launch.isBuilt() ? 0 : launch.build();
        System.exit(built != 0 ? built : launch.run(arguments));
    }

    private boolean isBuilt() throws IOException {
        return Files.exists(list) && !hasNewer(root.resolve("pom.xml")) && !hasNewerModule();
    }

    private boolean hasNewerModule() throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(Files::isDirectory).toList()) {
                if (hasNewer(module.resolve("pom.xml")) || hasNewer(module.resolve("src/main"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a file, or one in a folder, was changed after the last build. */
    private boolean hasNewer(Path place) throws IOException {
        if (!Files.exists(place)) {
            return false;
        }
        long built = Files.getLastModifiedTime(list).toMillis();
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toMillis() > built) {
                    return true;
                }
            }
        }
        return false;
    }

    private int build() throws IOException, InterruptedException {
        System.err.println("ravine: building (the first time it downloads about 240 MB) ...");
        List<String> command = new ArrayList<>(IS_WINDOWS ? List.of("cmd", "/c", "mvn") : List.of("mvn"));
        command.addAll(List.of("-B", "-q", "-Dstyle.color=never", "-Dquick", "package"));
        int exit = started(new ProcessBuilder(command).directory(root.toFile()));
        if (exit == 0) {
            Files.setLastModifiedTime(list, FileTime.fromMillis(System.currentTimeMillis()));
        }
        return exit;
    }

    private int run(List<String> arguments) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 23) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        boolean isShell = !arguments.isEmpty() && arguments.get(0).equals("shell");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", isShell ? "jshell" : "java").toString());
        if (isShell) {
            options.forEach(option -> command.add("-R" + option));
            command.addAll(List.of("--startup", "DEFAULT", "--startup"));
            command.add(root.resolve("cli/src/main/jshell/ravine.jsh").toString());
            command.addAll(arguments.subList(1, arguments.size()));
        } else {
            command.addAll(options);
            command.add("dev.ravine.cli.command.Ravine");
            command.addAll(arguments);
        }
        ProcessBuilder process = new ProcessBuilder(command);
        // In the environment, because a command line on Windows may be too short for it.
        process.environment().put("CLASSPATH", classPath());
        return started(process);
    }

    private String classPath() throws IOException {
        String more = System.getenv().getOrDefault("RAVINE_CLASSPATH", "");
        String all = jar() + File.pathSeparator + Files.readString(list).strip();
        return more.isEmpty() ? all : all + File.pathSeparator + more;
    }

    private Path jar() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("cli/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("ravine-cli-.*(?<!-sources|-javadoc)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no ravine-cli jar in cli/target; build it with mvn -B"
                            + " -DskipTests package"));
        }
    }

    private static int started(ProcessBuilder process) throws IOException, InterruptedException {
        return process.inheritIO().start().waitFor();
    }
}
