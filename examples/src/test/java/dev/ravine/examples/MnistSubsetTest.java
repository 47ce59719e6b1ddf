package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MnistSubsetTest {
    @Test
    void holdsTheFirstTenThousandDigits() throws IOException {
        TrainTest digits = MnistSubset.load();
        assertThat(digits.train().size()).isEqualTo(8000);
        assertThat(digits.test().size()).isEqualTo(2000);
        assertThat(digits.train().featureShape().count()).isEqualTo(784);
        assertThat(digits.train().classes()).isEqualTo(10);
        // How often each digit occurs among the first 10,000 of MNIST's training set.
        int[] expected = {1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978};
        int[] counts = new int[10];
        for (DataSet part : List.of(digits.train(), digits.test())) {
            Elements labels = Elements.of(part.targets());
            for (int i = 0; i < labels.size(); i++) {
                counts[(int) labels.get(i)]++;
            }
        }
        assertThat(counts).isEqualTo(expected);
        Elements pixels = Elements.of(digits.train().features());
        double largest = 0;
        for (int i = 0; i < 784; i++) {
            assertThat(pixels.get(i)).isBetween(0.0, 1.0);
            largest = Math.max(largest, pixels.get(i));
        }
        assertThat(largest).isEqualTo(1);
    }
}
