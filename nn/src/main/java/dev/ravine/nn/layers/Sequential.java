package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import java.util.ArrayList;
import java.util.List;

/** Applies modules one after the other. They are named {@code 0}, {@code 1}, ... */
public final class Sequential extends Module {
    private final List<Module> modules = new ArrayList<>();

    /**
     * Makes a chain.
     *
     * @param modules in order of application
     */
    public Sequential(Module... modules) {
        for (Module module : Check.noNullsIn("the modules of a chain", modules)) {
            this.modules.add(child(Integer.toString(this.modules.size()), module));
        }
    }

    /** {@return the modules in order of application} */
    public List<Module> modules() {
        return List.copyOf(modules);
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor h = x;
        for (Module module : modules) {
            h = module.apply(h);
        }
        return h;
    }
}
