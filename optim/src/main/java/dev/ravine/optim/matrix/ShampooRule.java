package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shampoo for one parameter, cut into blocks whose sides have a limit. */
final class ShampooRule implements MatrixRule {
    private final List<ShampooBlock> blocks = new ArrayList<>();
    private final int width;

    ShampooRule(MatrixParameter parameter, DType dtype, Arena arena, ShampooBlock.Settings settings) {
        this.width = parameter.columns();
        for (int row = 0; row < parameter.rows(); row += settings.largest()) {
            for (int column = 0; column < width; column += settings.largest()) {
                blocks.add(new ShampooBlock(parameter, row, column, dtype, arena, settings));
            }
        }
    }

    @Override
    public long apply(MatrixStep at) {
        return blocks.stream().mapToLong(block -> block.apply(at, width)).sum();
    }

    @Override
    public Map<String, INDArray> arrays() {
        Map<String, INDArray> all = new LinkedHashMap<>();
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).putArrays(blocks.size() == 1 ? "" : "block" + i + ".", all);
        }
        return all;
    }
}
