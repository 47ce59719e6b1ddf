package mine;

import dev.ravine.optim.catalogue.MainSetting;
import dev.ravine.optim.catalogue.OptimizerKind;
import dev.ravine.optim.catalogue.OptimizerProvider;
import dev.ravine.optim.catalogue.Range;
import dev.ravine.optim.catalogue.Setting;
import dev.ravine.optim.firstorder.Sgd;
import java.util.List;

public final class MyOptimizers implements OptimizerProvider {
    private static final Setting<Double> LR = Setting.number("lr", 0.1, Range.positive(), "learning rate");
    private static final Setting<Double> LIMIT =
            Setting.number("limit", 0.01, Range.positive(), "largest element of a gradient");

    @Override
    public List<OptimizerKind> kinds() {
        return List.of(new OptimizerKind(
                "mine",
                "SGD that cuts off large elements of the gradient",
                List.of(LR, LIMIT),
                MainSetting.decades(LR),
                (values, net, seed) -> Sgd.builder()
                        .learningRate(values.get(LR))
                        .clipValue(values.get(LIMIT))
                        .seed(seed)
                        .build()));
    }
}
