package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.problem.Problem;
import dev.ravine.optim.catalogue.OptimizerProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A jar on the class path adds an optimizer and a problem, as docs/extending.md shows. */
class UserJarTest {
    private static final Path SOURCES = Path.of("src/test/resources/plugin/mine");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void addsAnOptimizerAndAProblem() throws IOException {
        Path jar = jar("mine.jar", "mine.MyOptimizers", "mine.CirclesProblem");
        int exit = ravine(
                List.of(jar),
                "compare",
                "--problem",
                "circles",
                "--optimizer",
                "mine:lr=0.5",
                "--optimizer",
                "adam",
                "--gradients",
                "20",
                "--out",
                folder.resolve("out").toString());
        assertThat(exit).as(err::toString).isZero();
        assertThat(out.toString())
                .contains("circles: points of the plane, net 2-8-2 (42 parameters), 200 training and 200 test examples")
                .contains("training loss", "test accuracy");
        assertThat(folder.resolve("out/steps.csv")).content().contains("mine:lr=0.5,1,40,");
    }

    @Test
    void isTunedAndHelpedLikeTheOthers() throws IOException {
        Path jar = jar("mine.jar", "mine.MyOptimizers", "mine.CirclesProblem");
        assertThat(ravine(List.of(jar), "compare", "--help")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("lm, damped-gn, bayes, mine.", "mine SGD that cuts off")
                .contains("temporal-order, characters, circles");
        assertThat(ravine(List.of(jar), "help", "mine")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " ")).contains(" lr=0.1 ", " limit=0.01 ", "Values: above 0.");
        assertThat(ravine(List.of(jar), "compare", "--problem", "circles", "--optimizer", "mine:limit=0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("the setting limit of mine must be above 0, found 0.0");
        String tuned = folder.resolve("tuned").toString();
        assertThat(ravine(
                        List.of(jar),
                        "compare",
                        "--problem",
                        "circles",
                        "--optimizer",
                        "mine",
                        "--tune",
                        "--gradients",
                        "5",
                        "--out",
                        tuned))
                .isZero();
        assertThat(Path.of(tuned, "tuning.csv")).content().contains("mine:lr=0.001,lr,0.001", "mine:lr=10,lr,10");
    }

    /** The same class in two jars of one class loader is one provider, so the second one is another class. */
    @Test
    void twoProvidersOfOneNameAreBothNamed() throws IOException {
        Path first = jar("first.jar", "mine.MyOptimizers", "mine.CirclesProblem");
        Path copy = folder.resolve("copy");
        Files.createDirectories(copy);
        for (String name : List.of("MyOptimizers", "CirclesProblem")) {
            String source = Files.readString(SOURCES.resolve(name + ".java"));
            Files.writeString(copy.resolve(name + ".java"), source.replace("package mine;", "package theirs;"));
        }
        Path optimizer = jar(copy, "optimizer.jar", "theirs.MyOptimizers", "");
        assertThat(ravine(List.of(first, optimizer), "compare", "--optimizer", "sgd"))
                .isNotZero();
        assertThat(err.toString())
                .contains("two providers have the optimizer 'mine': mine.MyOptimizers and theirs.MyOptimizers")
                .doesNotContain("\tat ");
        err.getBuffer().setLength(0);
        Path problem = jar(copy, "problem.jar", "", "theirs.CirclesProblem");
        assertThat(ravine(List.of(first, problem), "compare", "--problem", "circles"))
                .isNotZero();
        assertThat(err.toString())
                .contains("two providers have the problem 'circles': mine.CirclesProblem and theirs.CirclesProblem");
    }

    private int ravine(List<Path> jars, String... arguments) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), getClass().getClassLoader())) {
            thread.setContextClassLoader(loader);
            CommandLine command = Ravine.commandLine(Path.of("target", "no-runs"));
            command.setOut(new PrintWriter(out));
            command.setErr(new PrintWriter(err));
            return command.execute(arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Path jar(String name, String optimizers, String problem) throws IOException {
        return jar(SOURCES, name, optimizers, problem);
    }

    /** Compiles all sources of a folder into a jar that provides two services. */
    private Path jar(Path sources, String name, String optimizers, String problem) throws IOException {
        Path classes = folder.resolve(name + "-classes");
        Files.createDirectories(classes);
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString()));
        try (var files = Files.list(sources)) {
            files.map(Path::toString).forEach(arguments::add);
        }
        int exit = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(exit).isZero();
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file);
                var files = Files.walk(classes)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                write(entries, classes.relativize(path).toString(), Files.readAllBytes(path));
            }
            write(
                    entries,
                    "META-INF/services/" + OptimizerProvider.class.getName(),
                    optimizers.getBytes(StandardCharsets.UTF_8));
            write(entries, "META-INF/services/" + Problem.class.getName(), problem.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static void write(JarOutputStream entries, String name, byte[] bytes) throws IOException {
        entries.putNextEntry(new JarEntry(name));
        entries.write(bytes);
        entries.closeEntry();
    }
}
