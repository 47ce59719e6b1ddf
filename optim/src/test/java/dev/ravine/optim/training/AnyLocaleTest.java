package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run's files are the same where numerals or dotted letters are others, so a run goes on there and elsewhere. */
class AnyLocaleTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"fa-IR", "ar-EG", "th-TH-u-nu-thai", "hi-IN-u-nu-deva", "tr-TR", "de-DE"})
    void aRunGoesOn(String tag) throws IOException {
        Locale before = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tehran"));
            assertThat(train(8)).isEqualTo(0);
            assertThat(train(20)).isEqualTo(8);
            Locale.setDefault(Locale.ROOT);
            assertThat(train(24)).isEqualTo(20);
        } finally {
            Locale.setDefault(before);
            TimeZone.setDefault(zone);
        }
        assertThat(new CheckpointFolder(folder, 2).files())
                .containsExactly(
                        folder.resolve("step-000000020.safetensors"), folder.resolve("step-000000024.safetensors"));
        assertThat(Files.readAllLines(folder.resolve("steps.csv")))
                .hasSize(25)
                .allMatch(line -> line.matches("\\p{ASCII}*"));
    }

    /** The step at which it began. */
    private long train(int steps) throws IOException {
        var net = new Sequential(new Linear(2, 2));
        net.initialize(DType.FLOAT64, 1);
        long[] begun = {-1};
        try (Adam adam = Adam.builder().build()) {
            Trainer.builder(
                            net,
                            Loss.softmaxCrossEntropy(),
                            Generators.twoMoons(40, 0.1, 1).as(DType.FLOAT64))
                    .optimizer(adam)
                    .budget(Budget.steps(steps))
                    .checkpoints(new CheckpointFolder(folder, 2), 4)
                    .listener(new CsvListener(folder))
                    .listener(new TrainingListener() {
                        @Override
                        public void onStart(String optimizer, Budget budget, Progress progress) {
                            begun[0] = progress.steps();
                        }
                    })
                    .build()
                    .train();
        }
        return begun[0];
    }
}
