package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.optim.objective.Span;
import java.util.Arrays;
import java.util.List;

/** The chunks into which some spans fall, in order, and what became of each in an update. */
final class UpdatePieces {
    private final List<List<Span>> spans;
    private final int[] partOf;
    private final int[] from;
    private final int[] length;
    /** The sum of squared changes of each chunk; not a number where it was not written. */
    private final double[] moved;

    private final double[] clipped;

    /**
     * The chunks of some parts.
     *
     * @param spans of each part
     */
    UpdatePieces(List<List<Span>> spans) {
        this.spans = spans;
        int count = 0;
        for (List<Span> part : spans) {
            for (Span span : part) {
                count += (span.to() - span.from() + Chunk.LENGTH - 1) / Chunk.LENGTH;
            }
        }
        partOf = new int[count];
        from = new int[count];
        length = new int[count];
        moved = new double[count];
        clipped = new double[count];
        fill();
    }

    private void fill() {
        int piece = 0;
        for (int part = 0; part < spans.size(); part++) {
            for (Span span : spans.get(part)) {
                for (int at = span.from(); at < span.to(); at += Chunk.LENGTH, piece++) {
                    partOf[piece] = part;
                    from[piece] = at;
                    length[piece] = Math.min(Chunk.LENGTH, span.to() - at);
                }
            }
        }
    }

    /** Makes no objects, since every step asks. */
    boolean isOf(List<UpdatePart> parts) {
        boolean isSame = spans.size() == parts.size();
        for (int i = 0; isSame && i < parts.size(); i++) {
            isSame = spans.get(i).equals(parts.get(i).spans());
        }
        return isSame;
    }

    int count() {
        return from.length;
    }

    int part(int piece) {
        return partOf[piece];
    }

    int from(int piece) {
        return from[piece];
    }

    int length(int piece) {
        return length[piece];
    }

    void begin() {
        Arrays.fill(moved, Double.NaN);
    }

    /** Remembers that a chunk was written. */
    void done(int piece, double squaredChange, double squaredClipped) {
        moved[piece] = squaredChange;
        clipped[piece] = squaredClipped;
    }

    /** The sum over all chunks, in order. */
    double moved() {
        return sum(moved);
    }

    /** The sum over all chunks, in order. */
    double clipped() {
        return sum(clipped);
    }

    private static double sum(double[] parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        return sum;
    }

    /** Puts back the old theta, which the gradient has received, in the chunks that were written. */
    void undo(Elements theta, Elements gradient) {
        double[] values = new double[Chunk.LENGTH];
        for (int piece = 0; piece < from.length; piece++) {
            if (!Double.isNaN(moved[piece])) {
                gradient.read(from[piece], length[piece], values);
                theta.write(from[piece], length[piece], values);
            }
        }
    }
}
