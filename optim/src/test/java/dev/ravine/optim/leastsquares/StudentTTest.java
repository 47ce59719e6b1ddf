package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.problems.Points;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTTest {
    /** SciPy 1: {@code t.ppf((1 + p) / 2, degrees)}, and {@code norm.ppf} for infinitely many. */
    @ParameterizedTest
    @CsvSource({
        "0.5, 1, 1",
        "0.5, 2, 0.816496580928",
        "0.5, 3, 0.764892328404",
        "0.5, 9, 0.702722146751",
        "0.5, 2001, 0.674612376208",
        "0.5, Infinity, 0.674489750196",
        "0.95, 1, 12.7062047362",
        "0.95, 2, 4.30265272975",
        "0.95, 3, 3.18244630528",
        "0.95, 8, 2.3060041352",
        "0.95, 9, 2.2621571628",
        "0.95, 100, 1.98397151852",
        "0.95, 1999, 1.96115142017",
        "0.95, 2000, 1.9611508261",
        "0.95, 2001, 1.96115023262",
        "0.95, 100000, 1.95998770753",
        "0.95, Infinity, 1.95996398454",
        "0.99, 2, 9.92484320092",
        "0.99, 100, 2.62589052144",
        "0.99, Infinity, 2.57582930355",
        "0.999999, 2, 999.99924993",
        "0.999999, 9, 11.6367820271",
        "0.999999, 2001, 4.90691470652",
        "0.999999, Infinity, 4.89163847567"
    })
    void quantilesAreThoseOfScipy(double probability, double degrees, double expected) {
        assertThat(StudentT.twoSided(probability, degrees)).isCloseTo(expected, within(2e-9 * expected));
    }

    /** The mean of five numbers: 3 with deviation sqrt(2.5), so the interval reaches 2.77645 sqrt(2.5 / 5). */
    @Test
    void anIntervalIsTheStandardErrorTimesTheQuantile() {
        double[] data = {1, 2, 3, 4, 5};
        try (ResidualObjective mean =
                new ResidualObjective(DType.FLOAT64, 1, t -> t.sub(Tensor.constant(Points.vector(data))))) {
            FitUncertainty estimated = FitUncertainty.estimated(mean, Points.vector(3));
            assertThat(estimated.halfWidths(0.95)[0]).isCloseTo(2.7764451052 * Math.sqrt(0.5), within(1e-9));
            FitUncertainty known = FitUncertainty.known(mean, Points.vector(3));
            assertThat(known.halfWidths(0.95)[0]).isCloseTo(1.95996398454 / Math.sqrt(5), within(1e-9));
            assertThatThrownBy(() -> known.halfWidths(95))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("between 0 and 1, found 95");
        }
    }
}
