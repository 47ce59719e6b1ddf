package dev.ravine.spark;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Module;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.ModelCode;
import dev.ravine.spark.data.SparkData;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Apache Spark, with this process as the driver. */
final class SparkCluster implements Cluster {
    private static final Pattern MASTER =
            Pattern.compile("local(\\[.+])?|local-cluster\\[.+]|spark://.+|yarn|k8s://.+");
    private static final Pattern ADDRESS = Pattern.compile("spark://([^:/]+):([0-9]{1,5})");
    private static final int LINE_MILLISECONDS = 5000;
    private static final int EXECUTOR_SECONDS = 60;

    private final JavaSparkContext spark;

    private SparkCluster(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** Found by {@link java.util.ServiceLoader}. */
    public static final class Provider implements Cluster.Provider {
        /** Without settings; those of Spark are system properties. */
        public Provider() {}

        @Override
        public Optional<Cluster> connect(String master) {
            return MASTER.matcher(master).matches() ? Optional.of(SparkCluster.connected(master)) : Optional.empty();
        }
    }

    private static SparkCluster connected(String master) {
        requireAnswer(master);
        SparkConf conf = new SparkConf().setMaster(master).setIfMissing("spark.app.name", "ravine");
        conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        conf.setIfMissing("spark.kryo.registrator", RavineKryo.class.getName());
        // Vectors do not compress.
        conf.setIfMissing("spark.broadcast.compress", "false");
        if (master.startsWith("local")) {
            conf.setIfMissing("spark.driver.host", "127.0.0.1").setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        }
        SparkCluster cluster;
        try {
            cluster = new SparkCluster(new JavaSparkContext(conf));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Spark cannot start: " + e.getMessage(), e);
        }
        try {
            cluster.awaitExecutor();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Spark itself would try for a minute, and say less. */
    private static void requireAnswer(String master) {
        if (!master.startsWith("spark://")) {
            return;
        }
        Matcher address = ADDRESS.matcher(master.split(",", -1)[0]);
        if (!address.matches()) {
            throw new IllegalArgumentException("the address of a master must be spark://HOST:PORT, found " + master);
        }
        try (Socket line = new Socket()) {
            line.connect(
                    new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2))), LINE_MILLISECONDS);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "no master answers at " + address.group(1) + ":" + address.group(2) + " (" + e.getMessage()
                            + "); expected Spark's master there; its page shows the address, and sbin/start-master.sh"
                            + " starts one",
                    e);
        }
    }

    /** A cluster without executors would wait for ever. */
    private void awaitExecutor() {
        if (spark.isLocal()) {
            return;
        }
        for (int i = 0; i < 10 * EXECUTOR_SECONDS; i++) {
            // The driver is in the list, too.
            if (spark.statusTracker().getExecutorInfos().length > 1) {
                return;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IllegalArgumentException("no executor came within " + EXECUTOR_SECONDS + " s; expected workers with "
                + spark.getConf().get("spark.executor.memory", "1g")
                + " of free memory, that can reach this process at "
                + spark.getConf().get("spark.driver.host") + "; look at the master's page and at the workers' logs, and"
                + " at SPARK_HOME for local-cluster");
    }

    @Override
    public String name() {
        return "Apache Spark " + spark.version() + " at " + spark.master();
    }

    @Override
    public Placed place(ModelCode code, Module net, DataSet data, double l2) {
        DType dtype = data.dtype();
        SparkModel model = new SparkModel(code.net()::make, code.loss()::make, dtype, 0);
        SparkObjective objective = SparkObjective.builder(spark.sc(), model, SparkData.of(spark.sc(), data))
                .module(net)
                .l2(l2)
                .build();
        return new Placed(objective, objective.jobNames());
    }

    @Override
    public void close() {
        spark.close();
    }
}
