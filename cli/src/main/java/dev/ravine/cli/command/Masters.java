package dev.ravine.cli.command;

import dev.ravine.optim.catalogue.Providers;
import dev.ravine.optim.training.Cluster;
import java.util.List;
import java.util.Optional;

/** Finds the cluster that {@code --master} names. */
final class Masters {
    private Masters() {}

    /** Connects; null without a master. */
    static Cluster connect(String master, UsageErrors errors) {
        if (master == null) {
            return null;
        }
        List<Cluster.Provider> providers = Providers.load(Cluster.Provider.class);
        errors.require(
                !providers.isEmpty(),
                "--master " + master
                        + " needs the artifact ravine-spark and Apache Spark on the class path, which are not there;"
                        + " the launcher ./ravine finds them if JDK 17 or newer and Maven are there; without it run"
                        + " mvn -B -Pspark -pl spark -am -DskipTests package, then put spark/target/ravine-spark-*.jar"
                        + " and the jars in spark/target/spark.classpath on the class path");
        try {
            for (Cluster.Provider provider : providers) {
                Optional<Cluster> cluster = provider.connect(master);
                if (cluster.isPresent()) {
                    return cluster.get();
                }
            }
        } catch (IllegalArgumentException e) {
            throw errors.wrong("--master " + master + ": " + e.getMessage(), e);
        }
        throw errors.wrong(
                "--master " + master + " is no cluster that is known; expected spark://HOST:PORT, local[N] or"
                        + " local-cluster[EXECUTORS,CORES,MEGABYTES]",
                null);
    }
}
