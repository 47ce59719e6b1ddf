package dev.ravine.optim.training;

import dev.ravine.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A test whose optimizers are closed at its end. */
abstract class ClosesOptimizers {
    private final List<Optimizer> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Optimizer::close);
    }

    final <T extends Optimizer> T opened(T optimizer) {
        opened.add(optimizer);
        return optimizer;
    }
}
