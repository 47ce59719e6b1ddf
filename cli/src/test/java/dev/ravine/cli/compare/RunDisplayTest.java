package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunDisplayTest {
    private static final Progress START = new Progress(0, 0, 0, 0, 0, 0);
    private static final StepReport STEP = new StepReport(1, 1, 0.5, 1, 1, 1, 1, true, "", Optional.empty(), Map.of());

    /** Nobody waits for hours because the first step took long, nor is done before the budget is spent. */
    @Test
    void aBudgetInSecondsSaysHowLongItTakes() throws InterruptedException {
        RunDisplay display = new RunDisplay(new PrintWriter(new StringWriter()), null, 2);
        RunDisplay.Shown run = display.run("a", 1);
        display.run("b", 1);
        assertThat(display.state()).isEqualTo("Training begins");
        run.onStart("a", Budget.seconds(10), START);
        Thread.sleep(50);
        run.onStep(STEP, new Progress(1, 1, 0, 1e-6, 1, 1e-5));
        assertThat(left(display))
                .as("slow at first: twice the training, and measurements")
                .isBetween(44.0, 45.0);
        run.onStep(STEP, new Progress(2, 2, 0, 5, 2, 0.5));
        assertThat(left(display)).as("fast at first: the training that is left").isEqualTo(15);
    }

    private static double left(RunDisplay display) {
        Matcher matcher = Pattern.compile("about (\\d+) s left").matcher(display.state());
        assertThat(matcher.find()).as(display.state()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
