package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.StableText;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import dev.ravine.optim.objective.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The settings of a step that all first-order optimizers share, and their names.
 *
 * @param rest of parameters in no group
 * @param groups with settings of their own
 * @param decoupled whether weights decay apart from the gradient
 * @param clipping limits of the gradient
 * @param plateau may be null
 */
record CommonSettings(GroupSettings rest, StepGroups groups, boolean decoupled, Clipping clipping, Plateau plateau) {
    /** What surrounds the rule of a step in one part of theta. */
    UpdateFrame frame(GradientStep.Part part, double clipFactor) {
        double added = decoupled ? 0 : part.decay();
        double keep = decoupled ? 1 - part.rate() * part.decay() : 1;
        return new UpdateFrame(clipFactor, clipping.value(), added, keep);
    }

    /** Clips the gradient of a rule that sees it whole; returns its norm if its elements have a limit. */
    double clip(INDArray gradient, double factor) {
        if (factor != 1) {
            Vectors.scale(factor, gradient);
        }
        double limit = clipping.value();
        if (limit == Double.POSITIVE_INFINITY) {
            return Double.NaN;
        }
        Vectors.map(gradient, gradient, g -> Math.max(-limit, Math.min(limit, g)));
        return Vectors.norm(gradient);
    }

    /** Adds weight decay that is not decoupled to the gradient; returns the parts with the decay that is left. */
    List<GradientStep.Part> decay(INDArray theta, INDArray gradient, List<GradientStep.Part> parts) {
        if (decoupled) {
            return parts;
        }
        for (GradientStep.Part part : parts) {
            for (Span span : part.decay() == 0 ? List.<Span>of() : part.spans()) {
                Vectors.axpy(part.decay(), Elements.of(theta), Elements.of(gradient), span.from(), span.to());
            }
        }
        return parts.stream().map(GradientStep.Part::withoutDecay).toList();
    }

    /** A name for tables, with the settings that are in use. */
    String name(String kind, String... more) {
        List<String> settings = new ArrayList<>(List.of("lr=" + Schedule.Named.label(rest.schedule())));
        settings.addAll(List.of(more));
        if (rest.decay() != 0) {
            settings.add((decoupled ? "decoupled " : "") + "wd=" + rest.decay());
        }
        settings.addAll(clipping.describe());
        return kind + "(" + String.join(", ", settings) + groups.describe() + ")";
    }

    /** All settings, with those of one kind, as text that is equal in every process. */
    Map<String, String> text(String kind, Map<String, Object> own) {
        Map<String, Object> all = new TreeMap<>(own);
        all.put("kind", kind);
        all.put("learning_rate", ScheduleText.of(rest.schedule()));
        all.put("weight_decay", rest.decay());
        all.put("decoupled_weight_decay", decoupled);
        all.put("clip_norm", clipping.norm());
        all.put("clip_value", clipping.value());
        all.put("plateau", plateau);
        all.put("groups", groups.text());
        return StableText.ofAll(all);
    }
}
