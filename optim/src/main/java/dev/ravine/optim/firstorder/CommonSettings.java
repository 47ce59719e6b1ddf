package dev.ravine.optim.firstorder;

import dev.ravine.core.StableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settings of a step that all first-order optimizers share, and their names. */
record CommonSettings(
        Schedule learningRate,
        double weightDecay,
        boolean decoupled,
        double clipNorm,
        double clipValue,
        Plateau plateau) {
    /** What surrounds the rule of a step. */
    UpdateFrame frame(double clipFactor, double rate) {
        return new UpdateFrame(
                clipFactor, clipValue, decoupled ? 0 : weightDecay, decoupled ? 1 - rate * weightDecay : 1);
    }

    /** A name for tables, with the settings that are in use. */
    String name(String kind, String... more) {
        List<String> settings = new ArrayList<>(List.of("lr=" + Schedule.Named.label(learningRate)));
        settings.addAll(List.of(more));
        if (weightDecay != 0) {
            settings.add((decoupled ? "decoupled " : "") + "wd=" + weightDecay);
        }
        if (clipNorm < Double.POSITIVE_INFINITY) {
            settings.add("clip norm=" + clipNorm);
        }
        if (clipValue < Double.POSITIVE_INFINITY) {
            settings.add("clip value=" + clipValue);
        }
        return kind + "(" + String.join(", ", settings) + ")";
    }

    /** All settings, with those of one kind, as text that is equal in every process. */
    Map<String, String> text(String kind, Map<String, Object> own) {
        Map<String, Object> all = new TreeMap<>(own);
        all.put("kind", kind);
        all.put("learning_rate", ScheduleText.of(learningRate));
        all.put("weight_decay", weightDecay);
        all.put("decoupled_weight_decay", decoupled);
        all.put("clip_norm", clipNorm);
        all.put("clip_value", clipValue);
        all.put("plateau", plateau);
        return StableText.ofAll(all);
    }
}
