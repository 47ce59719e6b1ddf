package dev.ravine.optim.shards;

import java.util.Optional;

/**
 * Looks for the first operation that produces an infinity or NaN: shard by shard, then example by example.
 *
 * @param group computes the shards
 * @param budget of memory, within which it computes
 * @param request in which something is not finite
 */
record NonFiniteSearch(ShardGroup group, MemoryBudget budget, ShardRequest request) {
    Optional<String> find() {
        for (int i = 0; i < request.shards(); i++) {
            Optional<String> found = inShard(i);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> inShard(int i) {
        int from = request.bounds()[i];
        int to = request.bounds()[i + 1];
        Optional<String> found = inExamples(from, to);
        int first = request.firstExample();
        String several = "examples " + (first + from) + " to " + (first + to - 1) + " of the scope: ";
        return found.isEmpty() ? found : alone(from, to).or(() -> Optional.of(several + found.get()));
    }

    /** The first example whose own loss or gradient is not finite; there may be none, if only their sum overflows. */
    private Optional<String> alone(int from, int to) {
        for (int i = from; i < to; i++) {
            Optional<String> found = inExamples(i, i + 1);
            if (found.isPresent()) {
                return Optional.of("row " + request.rows()[i] + " of the data, example " + (request.firstExample() + i)
                        + " of the scope: " + found.get());
            }
        }
        return Optional.empty();
    }

    private Optional<String> inExamples(int from, int to) {
        Shard shard = budget.acquire(group, Shard.Kind.plain(to - from));
        try {
            shard.load(request.rows(), from, request.noise());
            return shard.linearization().firstNonFinite();
        } finally {
            group.release(shard);
        }
    }
}
