package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    @Test
    void waitsForAGain() {
        EarlyStopping watch = new EarlyStopping("loss", false, 2, 0.1);
        assertThat(watch.see(1, 10)).isTrue();
        assertThat(watch.see(0.95, 20)).isFalse();
        assertThat(watch.isOver()).isFalse();
        assertThat(watch.see(0.8, 30)).isTrue();
        assertThat(watch.see(0.75, 40)).isFalse();
        assertThat(watch.see(0.75, 50)).isFalse();
        assertThat(watch.isOver()).isTrue();
        assertThat(watch.best()).isEqualTo(new TrainingResult.Best("loss", 0.8, 30));
    }

    @Test
    void largerMayBeBetter() {
        EarlyStopping watch = new EarlyStopping("accuracy", true, 1, 0);
        assertThat(watch.see(0.5, 1)).isTrue();
        assertThat(watch.see(0.6, 2)).isTrue();
        assertThat(watch.see(0.6, 3)).isFalse();
        assertThat(watch.isOver()).isTrue();
    }

    @Test
    void whatIsNotANumberIsNeverBest() {
        EarlyStopping watch = new EarlyStopping("loss", false, 3, 0);
        assertThat(watch.see(Double.NaN, 1)).isFalse();
        assertThat(watch.hasBest()).isFalse();
        assertThat(watch.see(2, 2)).isTrue();
        assertThat(watch.see(Double.NaN, 3)).isFalse();
        assertThat(watch.best().step()).isEqualTo(2);
    }

    @Test
    void noPatienceMeansNoEnd() {
        EarlyStopping watch = new EarlyStopping("loss", false, 0, 0);
        for (int i = 0; i < 100; i++) {
            watch.see(1, i);
        }
        assertThat(watch.isOver()).isFalse();
    }

    @Test
    void goesOnFromItsNumbers() {
        EarlyStopping watch = new EarlyStopping("loss", false, 3, 0);
        watch.see(1, 1);
        watch.see(2, 2);
        EarlyStopping other = new EarlyStopping("loss", false, 3, 0);
        other.restoreState(watch.stateNumbers());
        assertThat(other.stateNumbers()).isEqualTo(watch.stateNumbers());
        assertThat(other.best()).isEqualTo(watch.best());
    }
}
