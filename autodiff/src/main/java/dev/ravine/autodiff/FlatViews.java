package dev.ravine.autodiff;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tensors in a flat vector: one after the other in the order of the list, each row by row. */
record FlatViews(List<Tensor> tensors) {
    FlatViews {
        tensors = Check.noNulls("the parameters", tensors);
    }

    /** The length of the flat vector. */
    long size() {
        return tensors.stream().mapToLong(p -> p.shape().count()).sum();
    }

    /** The part of a flat vector that belongs to each tensor, in its shape and in the same memory. */
    List<INDArray> of(INDArray flat) {
        List<INDArray> views = new ArrayList<>();
        long offset = 0;
        for (Tensor p : tensors) {
            views.add(Arena.view(flat, offset, p.shape()));
            offset += p.shape().count();
        }
        return views;
    }

    /** Inputs that stand for the parts of a vector, one for each tensor. */
    List<Tensor> placeholders() {
        return tensors.stream()
                .map(p -> Tensor.input("vector for " + p.describe(), p.dtype(), p.shape()))
                .toList();
    }
}
