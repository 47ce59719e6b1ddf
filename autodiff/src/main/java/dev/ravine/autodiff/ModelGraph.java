package dev.ravine.autodiff;

import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A model's loss over a batch, as a graph: what a {@link Statistic} is made from. It finds each use of a parameter,
 * with the rows that meet it and the cotangents that come back. Which operation uses a parameter does not matter, as
 * long as the operation names its rows ({@link Op#rows}) or repeats the parameter over the examples by broadcasting.
 */
public final class ModelGraph {
    private final Tensor loss;
    private final Tensor outputs;
    private final List<Tensor> parameters;
    private final Batch batch;
    private final OutputCurvature curvature;
    private final Weighting weighting;
    private final Tensor one;
    private final Map<Tensor, Map<Tensor, Tensor>> cotangents = new HashMap<>();
    private final Map<Tensor, List<Use>> consumers = new LinkedHashMap<>();

    /** A tensor as one operand of another one. */
    private record Use(Tensor result, int operand) {}

    /**
     * A model whose examples count alike.
     *
     * @param loss a sum over examples
     * @param outputs what the loss was made from
     * @param parameters shared by all examples
     * @param batch features and targets, and how many examples they hold
     */
    public ModelGraph(Tensor loss, Tensor outputs, List<Tensor> parameters, Batch batch) {
        this(loss, outputs, parameters, batch, (Weighting) null, null);
    }

    /**
     * A model whose examples may have weights, with a loss that may say how it curves.
     *
     * @param loss a sum over examples of their losses, each times its weight
     * @param outputs what the loss was made from
     * @param parameters shared by all examples
     * @param batch features and targets, and how many examples they hold
     * @param weights of the examples, of shape [examples]; null if all count alike
     * @param curvature of an example's own loss in these outputs; null if it is not known
     */
    public ModelGraph(
            Tensor loss,
            Tensor outputs,
            List<Tensor> parameters,
            Batch batch,
            Tensor weights,
            OutputCurvature curvature) {
        this(loss, outputs, parameters, batch, weights == null ? null : new Weighting(weights), curvature);
    }

    /** A model; weighting and curvature may be null. */
    ModelGraph(
            Tensor loss,
            Tensor outputs,
            List<Tensor> parameters,
            Batch batch,
            Weighting weighting,
            OutputCurvature curvature) {
        this.loss = loss;
        this.curvature = curvature;
        this.outputs = outputs;
        this.parameters = Check.noNulls("the parameters", parameters);
        this.batch = batch;
        this.weighting = weighting;
        this.one = loss.filled(1);
        for (Tensor y : Graph.ancestors(List.of(loss), Set.copyOf(parameters))) {
            for (int i = 0; i < y.operands().size(); i++) {
                consumers.computeIfAbsent(y.operand(i), k -> new ArrayList<>()).add(new Use(y, i));
            }
        }
    }

    /** {@return the summed loss: of each example, times its weight if it has one} */
    public Tensor loss() {
        return loss;
    }

    /** {@return the model's outputs} */
    public Tensor outputs() {
        return outputs;
    }

    /** {@return the parameters, in the order of the flat vector} */
    public List<Tensor> parameters() {
        return parameters;
    }

    /** {@return the number of examples} */
    public long examples() {
        return batch.count();
    }

    /**
     * {@return how the loss curves in the outputs}
     *
     * @throws UnsupportedOperationException if the loss does not say
     */
    public OutputCurvature outputCurvature() {
        if (curvature == null) {
            throw new UnsupportedOperationException(
                    "the loss " + loss.describe() + " does not say how it curves in its"
                            + " outputs; let Loss.curvature return it, or use cotangents that do not need it (EMPIRICAL, NONE)");
        }
        return curvature;
    }

    /** {@return whether examples have weights} */
    public boolean hasWeights() {
        return weighting != null;
    }

    /** {@return the gradient of the loss with respect to each parameter} */
    public List<Tensor> gradients() {
        return Autodiff.gradient(loss, parameters);
    }

    /**
     * {@return every use of a parameter on the way to the loss, with cotangents of each example's own loss; none if it
     * is not used} Weights are not in these cotangents; {@link #weighted} brings them in. The cotangents of an example
     * of weight 0 are 0.
     *
     * @param parameter one of the parameters
     * @throws NoRowsException if an operation uses it in a way that does not tell examples apart
     */
    public List<ParameterUse> uses(Tensor parameter) {
        List<ParameterUse> uses = uses(parameter, loss, one);
        return weighting == null
                ? uses
                : uses.stream()
                        .map(use -> use.withCotangents(weighting.over(use.cotangents())))
                        .toList();
    }

    /**
     * {@return rows times the weights of their examples; the rows themselves if all examples count alike} A sum over
     * examples becomes a weighted sum if its terms go through this.
     *
     * @param rows of shape [examples * places, ...], the examples in order, each with all its places
     */
    public Tensor weighted(Tensor rows) {
        return weighting == null ? rows : weighting.times(rows);
    }

    /** {@return the gradients of the only example's own loss, where the batch is one example} */
    public List<Tensor> onlyGradients() {
        return weighting == null
                ? gradients()
                : gradients().stream().map(weighting::over).toList();
    }

    /**
     * {@return every use of a parameter on the way to the outputs, with cotangents pulled back from the outputs} For
     * statistics of other cotangents than the loss's own, such as those of targets drawn from the model.
     *
     * @param parameter one of the parameters
     * @param outputCotangent of the outputs' shape and dtype
     * @throws NoRowsException if an operation uses it in a way that does not tell examples apart
     */
    public List<ParameterUse> uses(Tensor parameter, Tensor outputCotangent) {
        return uses(parameter, outputs, outputCotangent);
    }

    private List<ParameterUse> uses(Tensor parameter, Tensor end, Tensor cotangent) {
        Map<Tensor, Tensor> pulled =
                cotangents.computeIfAbsent(cotangent, c -> Autodiff.cotangents(List.of(end), parameters, List.of(c)));
        List<ParameterUse> uses = new ArrayList<>();
        collect(parameter, parameter, pulled, uses);
        return uses;
    }

    /** Looks through views: a reshaped parameter has the same numbers in the same order. */
    private void collect(Tensor parameter, Tensor operand, Map<Tensor, Tensor> pulled, List<ParameterUse> uses) {
        for (Use use : consumers.getOrDefault(operand, List.of())) {
            Tensor y = use.result;
            Tensor cotangent = pulled.get(y);
            if (cotangent == null) {
                continue;
            }
            Rows rows = y.op().rows(y, use.operand, cotangent);
            if (rows != null) {
                uses.add(inRows(parameter, use, rows));
            } else if (y.op().isView()) {
                collect(parameter, y, pulled, uses);
            } else if (y.op().isRepetition()) {
                collectRepeated(parameter, operand, y, pulled, uses);
            } else {
                addRepeated(parameter, operand, use, cotangent, uses);
            }
        }
    }

    /** Looks through operations that repeat a parameter before it meets the examples. */
    private void collectRepeated(
            Tensor parameter, Tensor operand, Tensor repeated, Map<Tensor, Tensor> pulled, List<ParameterUse> uses) {
        for (Use use : consumers.getOrDefault(repeated, List.of())) {
            if (use.result.op().isRepetition()) {
                collectRepeated(parameter, operand, use.result, pulled, uses);
            } else {
                addRepeated(parameter, operand, use, pulled.get(use.result), uses);
            }
        }
    }

    /** Adds nothing where the derivative is zero. */
    private void addRepeated(Tensor parameter, Tensor operand, Use use, Tensor cotangent, List<ParameterUse> uses) {
        Tensor pulled = cotangent == null ? null : use.result.op().vjp(use.result, use.operand, cotangent);
        if (pulled != null) {
            uses.add(repeated(parameter, operand, use, pulled));
        }
    }

    /** The matrix of a product: rows and cotangents with all places of an example together. */
    private ParameterUse inRows(Tensor parameter, Use use, Rows rows) {
        Examples examples = examples(parameter, use, rows.inputs(), rows.cotangents());
        requireUnmixed(parameter, use, rows.cotangents());
        long positions = rows.inputs().shape().size(0);
        requireApart(parameter, use, examples, positions);
        return new ParameterUse(
                parameter,
                use.result.op().name(),
                inOrder(rows.inputs(), examples),
                inOrder(rows.cotangents(), examples),
                positions / batch.count(),
                rows.isTransposed(),
                false);
    }

    /**
     * Where the examples are in rows that meet a parameter. Rows that all examples share, such as a learned initial
     * state that was repeated, have them where their cotangents do.
     */
    private Examples examples(Tensor parameter, Use use, Tensor rows, Tensor cotangents) {
        return batch.of(rows)
                .or(() -> batch.of(cotangents).filter(of -> of.kind() != Examples.Kind.MIXED))
                .orElseThrow(() -> early(parameter, use));
    }

    /** Rows [outer, examples, inner] as [examples, outer, inner]. */
    private static Tensor inOrder(Tensor rows, Examples examples) {
        if (examples.outer() == 1) {
            return rows;
        }
        long positions = rows.shape().size(0);
        long inner = positions / examples.outer() / examples.count();
        long width = rows.shape().size(1);
        return rows.reshape(Shape.of(examples.outer(), examples.count(), inner, width))
                .permute(1, 0, 2, 3)
                .reshape(Shape.of(positions, width));
    }

    /**
     * A parameter that broadcasting repeats over the examples: its cotangent before broadcasting is undone holds the
     * gradient of each place.
     */
    private ParameterUse repeated(Tensor parameter, Tensor operand, Use use, Tensor pulled) {
        Tensor y = use.result;
        Examples examples = examples(parameter, use, y, pulled);
        requireUnmixed(parameter, use, pulled);
        int axis = axisOfExamples(examples, y.shape());
        int[] summed = repeatedAxes(operand.shape(), pulled.shape());
        boolean isRepeated = IntStream.of(summed).anyMatch(a -> a == axis);
        boolean hasSameRows = pulled.shape().equals(y.shape())
                || (axis == 0
                        && pulled.shape().rank() > 0
                        && pulled.shape().size(0) == y.shape().size(0));
        if (!isRepeated || !hasSameRows) {
            throw refused(
                    parameter, use, "is not repeated over the examples, and the operation does not name its rows");
        }
        Tensor rows = placesFirst(pulled, axis, summed, parameter.shape().count());
        boolean isFront = examples.axis(y.shape()) >= 0;
        Tensor cotangents = isFront ? rows : inOrder(rows, examples);
        long positions = cotangents.shape().size(0);
        Tensor ones = Tensor.fill(parameter.dtype(), Shape.of(positions, 1), 1);
        return new ParameterUse(parameter, y.op().name(), ones, cotangents, positions / batch.count(), false, true);
    }

    /** The axes along which an operand is repeated, those of size 1 included; none if it does not broadcast. */
    private static int[] repeatedAxes(Shape small, Shape large) {
        int lead = large.rank() - small.rank();
        return small.broadcastsTo(large)
                ? IntStream.range(0, large.rank())
                        .filter(axis -> axis < lead || small.size(axis - lead) == 1)
                        .toArray()
                : new int[0];
    }

    /** The axis that counts examples, alone or as the first axis together with their places; -1 if there is none. */
    private static int axisOfExamples(Examples examples, Shape shape) {
        int axis = examples.isApart() ? examples.axis(shape) : -1;
        return axis < 0 && examples.areWithinFirst(shape) ? 0 : axis;
    }

    /** As a matrix [positions, width]: the examples' axis, then the other axes that were summed over, then the rest. */
    private static Tensor placesFirst(Tensor pulled, int axis, int[] summed, long width) {
        Shape shape = pulled.shape();
        IntStream others = IntStream.of(summed).filter(a -> a != axis);
        IntStream kept = IntStream.range(0, shape.rank())
                .filter(a -> IntStream.of(summed).noneMatch(s -> s == a));
        int[] order = IntStream.concat(IntStream.of(axis), IntStream.concat(others, kept))
                .toArray();
        boolean isInOrder = IntStream.range(0, order.length).allMatch(i -> order[i] == i);
        Tensor ordered = isInOrder ? pulled : pulled.permute(order);
        Shape matrix = Shape.of(shape.count() / Math.max(1, width), width);
        return ordered.shape().equals(matrix) ? ordered : ordered.reshape(matrix);
    }

    private void requireApart(Tensor parameter, Use use, Examples examples, long positions) {
        if (!examples.isApart() || positions % batch.count() != 0) {
            throw refused(
                    parameter,
                    use,
                    examples.kind() == Examples.Kind.MIXED
                            ? "meets rows that depend on several examples, through "
                                    + batch.firstMixing().orElse("an earlier operation")
                            : "meets rows of which an earlier operation does not say where the examples are");
        }
    }

    /** A cotangent that sums over examples holds no example's own gradient. */
    private void requireUnmixed(Tensor parameter, Use use, Tensor cotangent) {
        if (batch.of(cotangent).filter(of -> of.kind() == Examples.Kind.MIXED).isPresent()) {
            throw refused(parameter, use, "has a cotangent that depends on several examples");
        }
    }

    /** An operation on the parameter alone stands before the one that meets examples. */
    private static NoRowsException early(Tensor parameter, Use use) {
        return refused(
                parameter,
                use,
                "meets no examples (only reshaping and broadcasting may stand between a parameter and the operation"
                        + " that meets them)");
    }

    private static NoRowsException refused(Tensor parameter, Use use, String why) {
        return new NoRowsException(parameter.describe() + " " + why + ", in " + use.result.describe()
                + ": its gradient cannot be told apart by examples; let the operation that meets the examples implement"
                + " Op.rows (and Op.examples if it moves them), or allow one pass per example (new"
                + " SquaredGradients(true), for Hessian-free allowSquaredGradientsOneByOne()), or do without the"
                + " statistic (preconditioner(0) for Hessian-free)");
    }
}
