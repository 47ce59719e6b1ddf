package dev.ravine.optim.matlab;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingListener;
import dev.ravine.optim.training.TrainingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes down each epoch, and ends a training at MATLAB's goal, gradient and time. */
final class Epochs implements TrainingListener {
    private final double goal;
    private final double minGrad;
    private final double time;
    private final String validated;
    private final List<Double> perf = new ArrayList<>();
    private final List<Double> vperf = new ArrayList<>();
    private final List<Double> gradient = new ArrayList<>();
    private final List<Double> mu = new ArrayList<>();
    private final List<Double> gamk = new ArrayList<>();
    private Trainer trainer;
    private TrainingRecord.Stop stop;

    Epochs(double goal, double minGrad, double time, String validated) {
        this.goal = goal;
        this.minGrad = minGrad;
        this.time = time;
        this.validated = validated;
    }

    void stops(Trainer run) {
        this.trainer = run;
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        if (perf.isEmpty()) {
            perf.add(step.loss());
        }
        perf.add(step.lossAfter());
        double norm = step.telemetry().getOrDefault("regularized_gradient", step.gradientNorm());
        gradient.add(norm);
        add(step.telemetry(), "mu", mu);
        add(step.telemetry(), "effective_parameters", gamk);
        if (step.lossAfter() <= goal) {
            end(TrainingRecord.Stop.GOAL);
        } else if (norm <= minGrad) {
            end(TrainingRecord.Stop.MIN_GRAD);
        } else if (progress.seconds() >= time) {
            end(TrainingRecord.Stop.TIME);
        }
    }

    private static void add(Map<String, Double> telemetry, String name, List<Double> to) {
        if (telemetry.containsKey(name)) {
            to.add(telemetry.get(name));
        }
    }

    private void end(TrainingRecord.Stop why) {
        stop = why;
        trainer.stop();
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        if (figures.containsKey(validated)) {
            vperf.add(figures.get(validated));
        }
    }

    TrainingRecord record(String name, boolean hasMu, TrainingResult result) {
        TrainingRecord.Stop why = switch (result.end()) {
            case BUDGET -> stop == null ? TrainingRecord.Stop.EPOCHS : stop;
            case EARLY_STOPPING -> TrainingRecord.Stop.VALIDATION;
            case STOPPED -> stop == null ? TrainingRecord.Stop.STALLED : stop;
            case STALLED -> hasMu ? TrainingRecord.Stop.MU_MAX : TrainingRecord.Stop.STALLED;
        };
        int steps = gradient.size();
        int best = vperf.isEmpty()
                ? steps
                : 1 + vperf.indexOf(vperf.stream().min(Double::compare).orElseThrow());
        return new TrainingRecord(name, why, steps, perf, vperf, gradient, mu, gamk, best);
    }
}
