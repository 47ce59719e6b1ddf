package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.util.Arrays;

/**
 * Numbers in a Java array, where loops over short runs are fast: part of an image, or some patches. Both precisions
 * have loops of their own: one loop for both would be slower, as it would ask for the type at each number.
 */
sealed interface Line {
    /** Loops over so few numbers go through all runs for each of them, instead of through each run. */
    int FEW = 16;

    /** Room for numbers of a type; doubles hold integers exactly up to 2^53. */
    static Line of(DType dtype, int size) {
        return dtype == DType.FLOAT32 ? new OfFloats(new float[size]) : new OfDoubles(new double[size]);
    }

    int size();

    /** Takes as many numbers as it has room for. */
    void read(Elements from, int first);

    /** Hands all of its numbers over. */
    void write(Elements to, int first);

    /**
     * Takes numbers of another line, which holds groups of equal size, one for each place: number e is number lanes[e]
     * of group places[e].
     *
     * @return the first index of a place that is no group, where it stops, or -1
     */
    int pick(Line from, long[] places, int[] lanes, int group);

    /** Adds numbers in order, each where {@link #pick} would take it from, and returns the same. */
    int addAt(long[] places, int[] lanes, int group, Line numbers);

    void zero(int at, int count);

    /** Copies runs of some numbers each, which begin at equal distances here and there. */
    void copy(int from, int step, Line to, int at, int toStep, int runs, int count);

    /** Adds runs of some numbers each. They may overlap there. */
    void addTo(int from, int step, Line to, int at, int toStep, int runs, int count);

    /** In single precision. */
    @SuppressWarnings("ArrayRecordComponent")
    record OfFloats(float[] numbers) implements Line {
        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public void read(Elements from, int first) {
            from.read(first, numbers.length, numbers);
        }

        @Override
        public void write(Elements to, int first) {
            to.write(first, numbers.length, numbers);
        }

        @Override
        public int pick(Line from, long[] places, int[] lanes, int group) {
            float[] all = ((OfFloats) from).numbers;
            long size = all.length / group;
            for (int e = 0; e < numbers.length; e++) {
                long place = places[e];
                if (place < 0 || place >= size) {
                    return e;
                }
                numbers[e] = all[(int) place * group + lanes[e]];
            }
            return -1;
        }

        @Override
        public int addAt(long[] places, int[] lanes, int group, Line added) {
            float[] values = ((OfFloats) added).numbers;
            long size = numbers.length / group;
            for (int e = 0; e < values.length; e++) {
                long place = places[e];
                if (place < 0 || place >= size) {
                    return e;
                }
                numbers[(int) place * group + lanes[e]] += values[e];
            }
            return -1;
        }

        @Override
        public void zero(int at, int count) {
            Arrays.fill(numbers, at, at + count, 0);
        }

        @Override
        public void copy(int from, int step, Line to, int at, int toStep, int runs, int count) {
            float[] target = ((OfFloats) to).numbers;
            if (count > FEW) {
                for (int r = 0; r < runs; r++) {
                    System.arraycopy(numbers, from + r * step, target, at + r * toStep, count);
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                for (int r = 0; r < runs; r++) {
                    target[at + r * toStep + i] = numbers[from + r * step + i];
                }
            }
        }

        @Override
        public void addTo(int from, int step, Line to, int at, int toStep, int runs, int count) {
            float[] target = ((OfFloats) to).numbers;
            if (count > FEW) {
                for (int r = 0; r < runs; r++) {
                    int f = from + r * step;
                    int t = at + r * toStep;
                    for (int i = 0; i < count; i++) {
                        target[t + i] += numbers[f + i];
                    }
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                for (int r = 0; r < runs; r++) {
                    target[at + r * toStep + i] += numbers[from + r * step + i];
                }
            }
        }
    }

    /** In double precision. */
    @SuppressWarnings("ArrayRecordComponent")
    record OfDoubles(double[] numbers) implements Line {
        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public void read(Elements from, int first) {
            from.read(first, numbers.length, numbers);
        }

        @Override
        public void write(Elements to, int first) {
            to.write(first, numbers.length, numbers);
        }

        @Override
        public int pick(Line from, long[] places, int[] lanes, int group) {
            double[] all = ((OfDoubles) from).numbers;
            long size = all.length / group;
            for (int e = 0; e < numbers.length; e++) {
                long place = places[e];
                if (place < 0 || place >= size) {
                    return e;
                }
                numbers[e] = all[(int) place * group + lanes[e]];
            }
            return -1;
        }

        @Override
        public int addAt(long[] places, int[] lanes, int group, Line added) {
            double[] values = ((OfDoubles) added).numbers;
            long size = numbers.length / group;
            for (int e = 0; e < values.length; e++) {
                long place = places[e];
                if (place < 0 || place >= size) {
                    return e;
                }
                numbers[(int) place * group + lanes[e]] += values[e];
            }
            return -1;
        }

        @Override
        public void zero(int at, int count) {
            Arrays.fill(numbers, at, at + count, 0);
        }

        @Override
        public void copy(int from, int step, Line to, int at, int toStep, int runs, int count) {
            double[] target = ((OfDoubles) to).numbers;
            if (count > FEW) {
                for (int r = 0; r < runs; r++) {
                    System.arraycopy(numbers, from + r * step, target, at + r * toStep, count);
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                for (int r = 0; r < runs; r++) {
                    target[at + r * toStep + i] = numbers[from + r * step + i];
                }
            }
        }

        @Override
        public void addTo(int from, int step, Line to, int at, int toStep, int runs, int count) {
            double[] target = ((OfDoubles) to).numbers;
            if (count > FEW) {
                for (int r = 0; r < runs; r++) {
                    int f = from + r * step;
                    int t = at + r * toStep;
                    for (int i = 0; i < count; i++) {
                        target[t + i] += numbers[f + i];
                    }
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                for (int r = 0; r < runs; r++) {
                    target[at + r * toStep + i] += numbers[from + r * step + i];
                }
            }
        }
    }
}
