package dev.ravine.optim.firstorder;

import dev.ravine.core.StableText;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    UpdateFrame frame(StepGroups.Part part, double clipFactor) {
        double added = decoupled ? 0 : part.decay();
        double keep = decoupled ? 1 - part.rate() * part.decay() : 1;
        return new UpdateFrame(clipFactor, clipping.value(), added, keep);
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
