package dev.ravine.cli.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FitsTest {
    @Test
    void aPowerLawIsFoundAgain() {
        PowerLaw law = PowerLaw.fit(new double[] {1, 10, 100, 1000}, new double[] {3, 30, Double.NaN, 3000});
        assertThat(law.exponent()).isCloseTo(1, within(1e-12));
        assertThat(law.factor()).isCloseTo(3, within(1e-12));
        assertThat(law.error()).isCloseTo(0, within(1e-7));
        assertThat(law.points()).isEqualTo(3);
        assertThat(law.inverse(300)).isCloseTo(100, within(1e-9));
    }

    @Test
    void thePowerLawOfTooFewPointsIsUnknown() {
        assertThat(PowerLaw.fit(new double[] {2}, new double[] {2}).exponent()).isNaN();
        assertThat(PowerLaw.fit(new double[] {2, 4}, new double[] {2, 0}).exponent())
                .isNaN();
        PowerLaw two = PowerLaw.fit(new double[] {2, 4}, new double[] {2, 8});
        assertThat(two.exponent()).isCloseTo(2, within(1e-12));
        assertThat(two.error()).isNaN();
    }

    @Test
    void theErrorOfAnExponentIsThatOfTextbooks() {
        // log10 y is 0, 1.3, 1.7 over log10 x of 0, 1, 2: slope 0.85, residuals -0.15, 0.3, -0.15.
        PowerLaw law = PowerLaw.fit(new double[] {1, 10, 100}, new double[] {1, Math.pow(10, 1.3), Math.pow(10, 1.7)});
        assertThat(law.exponent()).isCloseTo(0.85, within(1e-12));
        assertThat(law.error()).isCloseTo(Math.sqrt(0.135 / 2), within(1e-12));
    }

    @Test
    void aBasinEndsWhereTheLossIsTheFactorTimesTheBest() {
        double[] values = {0.01, 0.1, 1, 10, 100};
        Basin basin = Basin.of(values, new double[] {40, 4, 1, 1.2, Double.NaN}, 2);
        assertThat(basin.best()).isEqualTo(1);
        assertThat(basin.low()).isCloseTo(Math.sqrt(0.1), within(1e-12));
        assertThat(basin.high()).as("beyond it the loss was not finite").isEqualTo(10);
        assertThat(basin.decades()).isCloseTo(1.5, within(1e-12));
        assertThat(basin.isCutLow() || basin.isCutHigh()).isFalse();
        assertThat(basin).hasToString("1.5");
    }

    @Test
    void aBasinThatReachesTheEndOfTheRangeIsAtLeastAsWide() {
        Basin basin = Basin.of(new double[] {1, 10, 100}, new double[] {1.5, 1, 9}, 2);
        assertThat(basin.isCutLow()).isTrue();
        assertThat(basin.isCutHigh()).isFalse();
        assertThat(basin.toString()).startsWith("at least 1.");
        Basin afterNothing = Basin.of(new double[] {1, 10, 100}, new double[] {Double.NaN, 1, 9}, 2);
        assertThat(afterNothing.best()).isEqualTo(10);
        assertThat(afterNothing.low()).isEqualTo(10);
    }
}
