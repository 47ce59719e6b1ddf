package dev.ravine.optim.secondorder;

import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of the parameter vector that an optimizer treats as one.
 *
 * @param name what it is called in reports
 * @param offset its first element
 * @param size how long it is
 */
public record ParameterGroup(String name, long offset, long size) {
    /**
     * The layers of a module: runs of consecutive parameters of the same submodule.
     *
     * @param module initialized
     * @return groups that cover the parameter vector, in its order, named by the submodules' paths
     */
    public static List<ParameterGroup> layersOf(Module module) {
        List<ParameterGroup> groups = new ArrayList<>();
        for (ParameterVector.Segment segment : module.parameterVector().segments()) {
            int dot = segment.path().lastIndexOf('.');
            String layer = dot < 0 ? "" : segment.path().substring(0, dot);
            int last = groups.size() - 1;
            if (last >= 0 && groups.get(last).name.equals(layer)) {
                ParameterGroup open = groups.get(last);
                groups.set(last, new ParameterGroup(layer, open.offset, open.size + segment.size()));
            } else {
                groups.add(new ParameterGroup(layer, segment.offset(), segment.size()));
            }
        }
        return groups;
    }
}
