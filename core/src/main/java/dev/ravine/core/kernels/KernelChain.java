package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Elementwise kernels, one after the other, as one pass: each chunk goes through all of them before the next chunk
 * begins. A chunk that one of them has made stays in a small array for those that follow, and goes to memory only if
 * somebody else reads it. The numbers are the same bits as those of the kernels one by one.
 *
 * <p>A kernel joins a chain if it is elementwise, its result has the length and dtype of the others, and no chunk
 * depends on other chunks of what the chain has made: an input that the chain writes must be read element by element,
 * and an input that is repeated may not lie where the chain writes.
 */
public final class KernelChain {
    private final List<Link> links = new ArrayList<>();

    /**
     * A kernel of the chain.
     *
     * @param first the earlier link whose result is the first input, or -1 if that is in memory
     * @param second the same of the second input
     */
    private record Link(ChunkLoop loop, int first, int second) {
        boolean reads(int link) {
            return first == link || second == link;
        }

        Range output() {
            return Range.of(loop.output());
        }
    }

    /** A stretch of native memory. */
    private record Range(long from, long to) {
        static Range of(Elements elements) {
            long from = elements instanceof Elements.Floats floats
                    ? floats.pointer().address()
                    : ((Elements.Doubles) elements).pointer().address();
            return new Range(
                    from, from + (long) elements.size() * elements.dtype().bytes());
        }

        boolean overlaps(Range other) {
            return from < other.to && other.from < to;
        }
    }

    /** A chain without kernels. */
    public KernelChain() {
        // No kernels yet.
    }

    /** {@return the number of kernels} */
    public int size() {
        return links.size();
    }

    /**
     * {@return whether a kernel joined the chain; if not, the chain is as before}
     *
     * @param kernel runs after those of the chain
     */
    public boolean add(Kernel kernel) {
        ChunkLoop loop = loopOf(kernel);
        if (loop == null || !isPlain(loop) || !(links.isEmpty() || fits(loop))) {
            return false;
        }
        links.add(new Link(loop, source(loop.first(), loop), source(loop.second(), loop)));
        if (links.size() > 1 && registers().stream().anyMatch(r -> r >= Scratch.ARRAYS)) {
            links.remove(links.size() - 1);
            return false;
        }
        return true;
    }

    private static ChunkLoop loopOf(Kernel kernel) {
        Kernel inner = kernel instanceof HeldKernel held ? held.inner() : kernel;
        return inner instanceof ChunkLoop loop ? loop : null;
    }

    /** Whether all numbers are of one floating dtype in native memory. */
    private static boolean isPlain(ChunkLoop loop) {
        return isPlain(loop.output(), loop.output())
                && isPlain(loop.first().elements(), loop.output())
                && (loop.second() == null || isPlain(loop.second().elements(), loop.output()));
    }

    private static boolean isPlain(Elements elements, Elements output) {
        return elements.dtype().isFloating() && elements.dtype() == output.dtype() && elements.owner() != null;
    }

    private boolean fits(ChunkLoop loop) {
        Elements output = links.get(0).loop.output();
        if (loop.output().size() != output.size() || loop.output().dtype() != output.dtype()) {
            return false;
        }
        Range written = Range.of(loop.output());
        for (Link link : links) {
            if (!isChunkwise(loop.first(), link.output(), output.size())
                    || !isChunkwise(loop.second(), link.output(), output.size())
                    || !isChunkwise(link.loop.first(), written, output.size())
                    || !isChunkwise(link.loop.second(), written, output.size())
                    || (link.output().overlaps(written) && !link.output().equals(written))) {
                return false;
            }
        }
        return true;
    }

    /** Whether an input lies elsewhere than a result, or is read where the result is written, element by element. */
    private static boolean isChunkwise(BroadcastInput input, Range written, int size) {
        if (input == null) {
            return true;
        }
        Range read = Range.of(input.elements());
        return !read.overlaps(written) || (read.equals(written) && input.isWhole(size));
    }

    /** The last link that wrote where an input is, or -1. */
    private int source(BroadcastInput input, ChunkLoop loop) {
        if (input == null || !input.isWhole(loop.output().size())) {
            return -1;
        }
        Range read = Range.of(input.elements());
        for (int i = links.size() - 1; i >= 0; i--) {
            if (links.get(i).output().equals(read)) {
                return i;
            }
        }
        return -1;
    }

    /** The array that keeps each link's chunk, until the last link that reads it has run. */
    private List<Integer> registers() {
        List<Integer> registers = new ArrayList<>();
        int[] last = new int[links.size()];
        Arrays.setAll(last, i -> i);
        for (int i = 0; i < links.size(); i++) {
            for (int from = 0; from < i; from++) {
                last[from] = links.get(i).reads(from) ? i : last[from];
            }
        }
        for (int i = 0; i < links.size(); i++) {
            BitSet taken = new BitSet();
            for (int from = 0; from < i; from++) {
                if (last[from] >= i) {
                    taken.set(registers.get(from));
                }
            }
            // The first four are for what comes from memory, and for functions.
            registers.add(taken.nextClearBit(4));
        }
        return registers;
    }

    /**
     * {@return a kernel that runs all of them}
     *
     * @param read the places in the chain of those results that somebody else reads; the others stay unwritten
     */
    public Kernel kernel(BitSet read) {
        List<Integer> registers = registers();
        List<FusedLoop.Stage> stages = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            stages.add(new FusedLoop.Stage(
                    link.loop,
                    link.first < 0 ? -1 : registers.get(link.first),
                    link.second < 0 ? -1 : registers.get(link.second),
                    registers.get(i),
                    read.get(i)));
        }
        return new FusedLoop(stages);
    }
}
