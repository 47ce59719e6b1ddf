package dev.ravine.spark;

import com.esotericsoftware.kryo.Kryo;
import dev.ravine.spark.data.BlockSummary;
import dev.ravine.spark.data.Example;
import dev.ravine.spark.data.RowFormat;
import dev.ravine.spark.data.Rows;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Registers all classes that this package sends by Spark's serializer: examples, points, and what tasks return. With
 * {@code spark.serializer=org.apache.spark.serializer.KryoSerializer} and {@code
 * spark.kryo.registrator=dev.ravine.spark.RavineKryo} a run needs no others, beside Spark SQL's own. It also passes
 * with {@code spark.kryo.registrationRequired=true}. Tasks themselves, and so what a {@link SparkModel} captures,
 * always go by Java's serialization, because Spark sends tasks by no other.
 */
public final class RavineKryo implements KryoRegistrator {
    /** For Spark. */
    public RavineKryo() {}

    @Override
    public void registerClasses(Kryo kryo) {
        Class<?>[] all = {
            Example.class,
            Example[].class,
            Rows.class,
            Rows[].class,
            BlockSummary.class,
            BlockSummary[].class,
            RowFormat.class,
            ShardResults.class,
            ShardResults[].class,
            SentTerm.class,
            SentTerm[].class,
            SentNumbers.class,
            SentNumbers[].class,
            byte[].class,
            int[].class,
            long[].class,
            float[].class,
            double[].class,
            double[][].class,
            double[][][].class,
            String[].class,
            Object[].class
        };
        for (Class<?> one : all) {
            kryo.register(one);
        }
    }
}
