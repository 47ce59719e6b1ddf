package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import java.util.List;

/** One thread's share of an update, with chunks of its own. */
final class UpdateWork {
    private final Elements theta;
    private final Elements gradient;
    private final List<Elements> state;
    private Chunk doubles;
    private Chunk floats;
    private Chunk chunk;
    private int from;
    private boolean hasFailed;

    UpdateWork(Elements theta, Elements gradient, List<Elements> state) {
        this.theta = theta;
        this.gradient = gradient;
        this.state = state;
    }

    /** Updates some chunks. It ends where a number is not finite, and does not write that chunk. */
    void run(List<UpdatePart> parts, UpdatePieces pieces, int begin, int end) {
        hasFailed = false;
        for (int piece = begin; piece < end && !hasFailed; piece++) {
            UpdatePart part = parts.get(pieces.part(piece));
            chunk = chunkFor(part.rule());
            from = pieces.from(piece);
            chunk.count = pieces.length(piece);
            chunk.read(from);
            double clipped = chunk.before(part.frame());
            chunk.apply(part.rule());
            double moved = chunk.after(part.frame().keep());
            hasFailed = !Double.isFinite(moved) && chunk.firstNonFinite() >= 0;
            if (!hasFailed) {
                chunk.write(from);
                pieces.done(piece, moved, clipped);
            }
        }
    }

    private Chunk chunkFor(UpdateRule rule) {
        if (theta instanceof Elements.Floats && rule instanceof UpdateRule.SinglePrecision) {
            floats = floats == null ? new FloatChunk(theta, gradient, state) : floats;
            return floats;
        }
        doubles = doubles == null ? new DoubleChunk(theta, gradient, state) : doubles;
        return doubles;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    /** Which number was not finite. */
    String firstNonFinite(List<String> stateNames) {
        int i = chunk.firstNonFinite();
        if (!Double.isFinite(chunk.next(i))) {
            return "parameter " + (from + i) + " would become " + chunk.next(i);
        }
        int k = 0;
        while (Double.isFinite(chunk.state(k, i))) {
            k++;
        }
        return "element " + (from + i) + " of '" + stateNames.get(k) + "' would become " + chunk.state(k, i);
    }
}
