package dev.ravine.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @Test
    void fourDigitsOrWhole() {
        assertThat(Numbers.text(0.0123456)).isEqualTo("0.01235");
        assertThat(Numbers.text(10_594)).isEqualTo("10,594");
        assertThat(Numbers.text(90.9999)).isEqualTo(Numbers.text(91)).isEqualTo("91");
        assertThat(Numbers.text(1.5e-30)).isEqualTo("1.500e-30");
        assertThat(Numbers.text(Double.NaN)).isEqualTo("not a number");
        assertThat(Numbers.chosen(5e-4)).isEqualTo("0.0005");
        assertThat(Numbers.chosen(1e6)).isEqualTo("1000000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adam:lr=3e-4 | [3e-6, 3e-5, 3e-4, 3e-3, 3e-2]",
                "sgd:lr=0.03 | [0.0003, 0.003, 0.03, 0.3, 3]",
                "adam | [0.00001, 0.0001, 0.001, 0.01, 0.1]",
                "hf | [0.01, 0.1, 1, 10, 100]"
            })
    void valuesToTryAreWrittenAlike(String optimizer, String values) {
        OptimizerSpec spec = OptimizerSpec.parse(optimizer);
        assertThat(MainSetting.of(spec).values(spec)).hasToString(values);
    }
}
