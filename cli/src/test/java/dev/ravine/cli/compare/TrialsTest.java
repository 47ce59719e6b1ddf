package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adam:lr=3e-4 | [3e-6, 3e-5, 3e-4, 3e-3, 3e-2]",
                "sgd:lr=0.03 | [0.0003, 0.003, 0.03, 0.3, 3]",
                "adam | [0.00001, 0.0001, 0.001, 0.01, 0.1]",
                "hf | [0.01, 0.1, 1, 10, 100]",
                "lm | [0.01, 0.1, 1, 10, 100]",
                "newton-cg:forcing=0.3 | [0.001, 0.01, 0.1, 0.5, 0.9, 0.3]",
                "newton | [shift, absolute-eigenvalues, trust-region]"
            })
    void valuesToTryAreWrittenAlike(String optimizer, String values) {
        assertThat(OptimizerSpec.parse(optimizer).trials()).hasToString(values);
    }
}
