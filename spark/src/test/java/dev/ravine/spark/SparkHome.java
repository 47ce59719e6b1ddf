package dev.ravine.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** A Spark installation made of the class path of this process: a master and workers as processes on loopback. */
final class SparkHome implements AutoCloseable {
    private final Path home;
    private final List<Process> processes = new ArrayList<>();
    private final String master;

    private SparkHome(Path home, int port) {
        this.home = home;
        this.master = "spark://127.0.0.1:" + port;
    }

    /** Starts a master and workers of one core each. */
    static SparkHome start(int workers) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("spark-home");
        Files.createDirectories(home.resolve("jars"));
        int port = freePort();
        SparkHome cluster = new SparkHome(home, port);
        try {
            cluster.startProcesses(workers);
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void startProcesses(int workers) throws IOException, InterruptedException {
        launch(
                "master",
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port()),
                "--webui-port",
                "0");
        awaitLog("master", "I have been elected leader", 60);
        for (int i = 0; i < workers; i++) {
            launch(
                    "worker" + i,
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--memory",
                    "1536M",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    home.resolve("work" + i).toString(),
                    master);
        }
        for (int i = 0; i < workers; i++) {
            awaitLog("worker" + i, "Successfully registered with master", 60);
        }
    }

    private int port() {
        return Integer.parseInt(master.substring(master.lastIndexOf(':') + 1));
    }

    private static int freePort() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String master() {
        return master;
    }

    /** A session with all executors; jobs wait until they are there. */
    SparkSession session(String classPath, String memory) {
        return builder(classPath, memory).getOrCreate();
    }

    /** A session with some executors, each of 512 MB. */
    SparkSession session(int executors) {
        return builder(classPath(), "512m")
                .config("spark.cores.max", Integer.toString(executors))
                .getOrCreate();
    }

    /** With executors of one core, as {@code docs/cluster.md} sets them, and everything that is sent by name. */
    SparkSession.Builder builder(String classPath, String memory) {
        List<String> options = new ArrayList<>(own("--enable-native", "-XX:"));
        options.add("-XX:ActiveProcessorCount=1");
        return SparkSession.builder()
                .master(master)
                .appName("ravine cluster tests")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.memory", memory)
                .config("spark.executor.cores", "1")
                .config("spark.executor.extraClassPath", classPath)
                .config("spark.executor.extraJavaOptions", String.join(" ", options))
                .config("spark.broadcast.compress", "false")
                .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .config("spark.kryo.registrator", RavineKryo.class.getName())
                .config("spark.kryo.registrationRequired", "true")
                .config("spark.kryo.classesToRegister", Frames.ROWS)
                .config("spark.task.maxFailures", "8")
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s");
    }

    /** What executors need to find Spark and Ravine. */
    static String classPath() {
        List<String> whole = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            whole.add(Path.of(part).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, whole);
    }

    /** {@return the options of this process that begin so} */
    private static List<String> own(String... beginnings) {
        return java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> Arrays.stream(beginnings).anyMatch(option::startsWith))
                .toList();
    }

    private void launch(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(own("--add-opens", "--enable-native"));
        // They compute nothing, so the first compiler is enough.
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        // Whichever other logger is on the class path: the start waits for what Spark logs.
        command.add("-Dslf4j.provider=org.apache.logging.slf4j.SLF4JServiceProvider");
        // Else an application ends when ten of its executors were lost.
        command.add("-Dspark.deploy.maxExecutorRetries=-1");
        command.add("-cp");
        command.add(classPath());
        command.add(main);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        // The daemons log what the start waits for.
        builder.environment().put("SPARK_LOG_LEVEL", "INFO");
        Path log = home.resolve("log4j2.properties");
        Files.writeString(log, """
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
            """);
        command.add(1, "-Dlog4j2.configurationFile=" + log);
        processes.add(builder.start());
    }

    private void awaitLog(String name, String text, int seconds) throws IOException, InterruptedException {
        Process process = processes.get(processes.size() - 1);
        for (int i = 0; i < 10 * seconds && process.isAlive(); i++) {
            if (log(name).contains(text)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException(name + " did not say '" + text + "': " + log(name));
    }

    private String log(String name) throws IOException {
        Path file = home.resolve(name + ".log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** {@return the processes of executors, which workers have started} */
    List<ProcessHandle> executors() {
        return processes.stream().flatMap(Process::descendants).toList();
    }

    @Override
    public void close() throws IOException {
        // The master first, so that nobody replaces executors.
        for (Process process : processes) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
        try (var files = Files.walk(home)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
