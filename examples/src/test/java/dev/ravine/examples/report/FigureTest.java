package dev.ravine.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "20 | 20",
                "0.014211873 | 0.014212",
                "-0.5 | −0.5",
                "1234.5678 | 1,234.6",
                "123456.7 | 123,460",
                "1234567.8 | 1.2346×10⁶",
                "12000000 | 12,000,000",
                "1e9 | 1×10⁹",
                "0.00012345 | 0.00012345",
                "0.000012345678 | 1.2346×10⁻⁵",
                "-1.7e31 | −1.7×10³¹",
                "4.9e-324 | 4.9407×10⁻³²⁴",
                "NaN | NaN",
                "Infinity | ∞",
                "-Infinity | −∞"
            })
    void writesFiveDigits(double number, String expected) {
        assertThat(Figure.of(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"7 | 7", "-12000 | −12,000", "9223372036854775807 | 9,223,372,036,854,775,807"})
    void writesIntegersWhole(long number, String expected) {
        assertThat(Figure.of(number)).isEqualTo(expected);
    }
}
