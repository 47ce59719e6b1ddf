package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "20 | 20",
                "0.014211873 | 0.01421",
                "0.069599 | 0.06960",
                "94.4 | 94.40",
                "99.99999 | 100",
                "-0.5 | −0.5000",
                "999.96 | 1,000",
                "1234.5678 | 1,235",
                "91602.3 | 91,602",
                "170694.7 | 170,695",
                "1234567.8 | 1.235×10⁶",
                "12000000 | 12,000,000",
                "1e9 | 1.000×10⁹",
                "0.00012345 | 0.0001234",
                "0.000012345678 | 1.235×10⁻⁵",
                "-1.7e31 | −1.700×10³¹",
                "4.9e-324 | 4.941×10⁻³²⁴",
                "NaN | not a number",
                "Infinity | ∞",
                "-Infinity | −∞"
            })
    void writesFourDigits(double number, String expected) {
        assertThat(Figure.of(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"7 | 7", "-12000 | −12,000", "9223372036854775807 | 9,223,372,036,854,775,807"})
    void writesIntegersWhole(long number, String expected) {
        assertThat(Figure.of(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "7.954753351, 5.5e-6, 7.95475",
        "0.003476610256, 1.6e-3, 0.0035",
        "-1.606819138, 0, -1.606819138",
        "0.00050021, 2.7e-5, 0.00050",
        "1.24e-9, 1e-3, 1.2e-9",
        "12345.678, 0.2, 12346",
        "0, 1, 0"
    })
    void writesTheDigitsThatTheErrorSupports(double value, double error, String expected) {
        assertThat(Figure.supported(value, error, RoundingMode.HALF_EVEN).replace(",", ""))
                .isEqualTo(expected);
    }

    @Test
    void anUpperBoundIsRoundedUp() {
        assertThat(Figure.supported(0.00050021, 2.7e-5, RoundingMode.CEILING)).isEqualTo("0.00051");
    }

    @ParameterizedTest
    @CsvSource({"1e-6, 1e-6", "0.1, 0.1", "0.02, 0.02", "1000, 1000", "1e5, 1e5", "3e-12, 3e-12"})
    void writesRoundNumbersAsShortAsTheyAre(double value, String expected) {
        assertThat(Figure.brief(value)).isEqualTo(expected);
    }

    @Test
    void writesFourDigitsOrWholeNumbers() {
        assertThat(Figure.text(0.0123456)).isEqualTo("0.01235");
        assertThat(Figure.text(10_594)).isEqualTo("10,594");
        assertThat(Figure.text(90.9999)).isEqualTo(Figure.text(91)).isEqualTo("91");
        assertThat(Figure.text(1.5e-30)).isEqualTo("1.500e-30");
        assertThat(Figure.text(Double.NaN)).isEqualTo("not a number");
    }

    @Test
    void writesChosenValuesWithoutPowers() {
        assertThat(Figure.chosen(5e-4)).isEqualTo("0.0005");
        assertThat(Figure.chosen(1e6)).isEqualTo("1000000");
    }
}
