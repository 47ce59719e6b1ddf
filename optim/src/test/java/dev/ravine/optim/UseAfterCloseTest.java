package dev.ravine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Jacobian;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.RowCopy;
import dev.ravine.core.data.StreamedExamples;
import dev.ravine.core.io.FileRows;
import dev.ravine.core.io.Npy;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.ConvolutionKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.ReductionKernels;
import dev.ravine.core.kernels.UnaryKernels;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.model.Model;
import dev.ravine.optim.firstorder.Adadelta;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Adamax;
import dev.ravine.optim.firstorder.Lion;
import dev.ravine.optim.firstorder.NAdam;
import dev.ravine.optim.firstorder.RAdam;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Rprop;
import dev.ravine.optim.firstorder.ScheduleFreeAdamW;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.firstorder.SharpnessAware;
import dev.ravine.optim.kronecker.FactorDamping;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.KroneckerInverse;
import dev.ravine.optim.leastsquares.BayesianRegularization;
import dev.ravine.optim.leastsquares.DampedGaussNewton;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LanczosTrustRegion;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.linear.SteihaugConjugateGradient;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.matrix.AdaHessian;
import dev.ravine.optim.matrix.Muon;
import dev.ravine.optim.matrix.Shampoo;
import dev.ravine.optim.matrix.Soap;
import dev.ravine.optim.matrix.Sophia;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.BoundedLbfgs;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.MartensReference;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Everything that holds native memory, used after it was closed. Arrays are so large that the system takes their memory
 * back at once: a use that reads it would end the process.
 */
class UseAfterCloseTest {
    private static final DType F32 = DType.FLOAT32;
    private static final DType F64 = DType.FLOAT64;
    private static final int WIDTH = 2000;
    private static final int ORDER = 600;
    private static final int LONG = 2_000_000;

    /** An open object, what can be done with it, and how errors call it. */
    private static final class Case {
        private final Class<?> type;
        private final String object;
        private final AutoCloseable closing;
        private final Map<String, Executable> uses = new LinkedHashMap<>();
        private final List<AutoCloseable> others = new ArrayList<>();

        /** For a use of an object whose memory is that of something else, which is closed. */
        Case(Class<?> type, String object, AutoCloseable closing) {
            this.type = type;
            this.object = object;
            this.closing = closing;
        }

        Case(String object, AutoCloseable closing) {
            this(closing.getClass(), object, closing);
        }

        Case use(String name, Executable use) {
            uses.put(name, use);
            return this;
        }

        Case with(AutoCloseable other) {
            others.add(other);
            return this;
        }

        void end() throws Exception {
            closing.close();
            for (AutoCloseable other : others) {
                other.close();
            }
        }
    }

    /** Makes a case; its name is that of the test. */
    private record Maker(String name, Function<Maker, Case> make) {
        Case open() {
            return make.apply(this);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Maker> cases() {
        List<Maker> all = new ArrayList<>();
        all.add(new Maker("Arena", m -> arena()));
        all.add(new Maker("views of an arena's array", m -> views()));
        all.add(new Maker("kernels", m -> kernels()));
        all.add(new Maker("LAPACK", m -> lapack()));
        all.add(new Maker("DataSet", m -> dataSet()));
        all.add(new Maker("FileRows", m -> fileRows()));
        all.add(new Maker("StreamedExamples", m -> streamedExamples()));
        all.add(new Maker("Workers", m -> workers()));
        all.add(new Maker("Program", m -> program()));
        all.add(new Maker("Program on a closed arena", m -> programOnArena()));
        all.add(new Maker("GraphLinearization", m -> graphLinearization()));
        all.add(new Maker("Jacobian", m -> jacobian()));
        all.add(new Maker("ParameterVector", m -> parameterVector()));
        all.add(new Maker("Predictor", m -> predictor()));
        all.add(new Maker("Model", m -> model()));
        all.add(new Maker("SupervisedObjective", m -> supervised(WIDTH)));
        all.add(new Maker("SupervisedObjective of one shard", m -> supervised(1)));
        all.add(new Maker("its linearization", m -> shardedLinearization(false)));
        all.add(new Maker("its linearization, objective closed", m -> shardedLinearization(true)));
        all.add(new Maker("FunctionObjective", m -> function()));
        all.add(new Maker("ResidualObjective", m -> residual()));
        all.add(new Maker("DenseMatrix", m -> denseMatrix()));
        all.add(new Maker("ConjugateGradient", m -> conjugateGradient()));
        all.add(new Maker("SteihaugConjugateGradient", m -> steihaug()));
        all.add(new Maker("LanczosTrustRegion", m -> lanczosTrustRegion()));
        all.add(new Maker("Sgd", m -> optimizer(Sgd.builder().momentum(0.9).build())));
        all.add(new Maker("Adam", m -> optimizer(Adam.builder().build())));
        all.add(new Maker("HessianFree", m -> leastSquares(HessianFree.builder().build())));
        all.add(new Maker(
                "LineSearchNewton", m -> optimizer(LineSearchNewton.builder().build())));
        all.add(new Maker(
                "TrustRegionNewton", m -> optimizer(TrustRegionNewton.builder().build())));
        all.add(new Maker("ExactNewton", m -> optimizer(ExactNewton.builder().build())));
        all.add(new Maker(
                "BlockNewton",
                m -> leastSquares(BlockNewton.builder(List.of(new ParameterGroup("all", 0, 30)))
                        .build())));
        all.add(new Maker("Lbfgs", m -> optimizer(Lbfgs.builder().build())));
        all.add(new Maker("Bfgs", m -> optimizer(Bfgs.builder().build())));
        all.add(new Maker(
                "NonlinearConjugateGradients",
                m -> optimizer(NonlinearConjugateGradients.builder().build())));
        all.add(new Maker(
                "ScaledConjugateGradients",
                m -> optimizer(ScaledConjugateGradients.builder().build())));
        all.add(new Maker(
                "DampedGaussNewton",
                m -> leastSquares(DampedGaussNewton.builder().build())));
        all.add(new Maker(
                "BayesianRegularization",
                m -> leastSquares(BayesianRegularization.builder().build())));
        all.add(new Maker("RmsProp", m -> optimizer(RmsProp.builder().build())));
        all.add(new Maker("Adagrad", m -> optimizer(Adagrad.builder().build())));
        all.add(new Maker("NAdam", m -> optimizer(NAdam.builder().build())));
        all.add(new Maker("RAdam", m -> optimizer(RAdam.builder().build())));
        all.add(new Maker("Adamax", m -> optimizer(Adamax.builder().build())));
        all.add(new Maker("Adadelta", m -> optimizer(Adadelta.builder().build())));
        all.add(new Maker("Rprop", m -> optimizer(Rprop.builder().build())));
        all.add(new Maker("Lion", m -> optimizer(Lion.builder().build())));
        all.add(new Maker(
                "ScheduleFreeAdamW", m -> optimizer(ScheduleFreeAdamW.builder().build())));
        all.add(new Maker(
                "SharpnessAware",
                m -> optimizer(SharpnessAware.builder(Adam.builder().build()).build())));
        all.add(new Maker(
                "Averaged", m -> optimizer(new Averaged(Adam.builder().build(), Averaging.exponential(0.9)))));
        all.add(new Maker(
                "MartensReference", m -> leastSquares(MartensReference.builder().build())));
        all.add(new Maker("GaussNewton", m -> leastSquares(GaussNewton.builder().build())));
        all.add(new Maker(
                "LevenbergMarquardt",
                m -> leastSquares(LevenbergMarquardt.builder().build())));
        double[] corner = new double[50];
        all.add(new Maker("BoundedLbfgs", m -> {
            double[] far = new double[50];
            Arrays.fill(far, 5);
            return optimizer(BoundedLbfgs.builder(corner, far).build());
        }));
        all.add(new Maker("Muon", m -> ofMatrices(net -> Muon.builder(net).build())));
        all.add(new Maker("Soap", m -> ofMatrices(net -> Soap.builder(net).build())));
        all.add(new Maker("Shampoo", m -> ofMatrices(net -> Shampoo.builder(net).build())));
        all.add(new Maker(
                "AdaHessian", m -> ofMatrices(net -> AdaHessian.builder().build())));
        all.add(new Maker("Sophia", m -> ofMatrices(net -> Sophia.builder().build())));
        all.add(new Maker("Kfac", m -> kfac()));
        all.add(new Maker("KroneckerFactors", m -> kroneckerFactors()));
        all.add(new Maker("KroneckerInverse", m -> kroneckerInverse()));
        return all.stream();
    }

    /** Wide enough for factors that the system takes back at once. */
    private static SupervisedObjective wide() {
        Module net = new Linear(WIDTH / 4, 3);
        net.initialize(F32, 1);
        return SupervisedObjective.of(
                net,
                Loss.softmaxCrossEntropy(),
                DataSet.of(Arena.create(F32, Shape.of(4, WIDTH / 4)), Arena.ofIntegers(0, 1, 2, 0)));
    }

    private static Case kfac() {
        SupervisedObjective objective = wide();
        Kfac optimizer = Kfac.builder().build();
        return new Case("closed", optimizer)
                .use("step", () -> optimizer.step(objective, objective.theta()))
                .use("state", optimizer::state)
                .use("restore", () -> optimizer.restore(optimizer.state()))
                .with(objective);
    }

    private static Case kroneckerFactors() {
        SupervisedObjective objective = wide();
        KroneckerFactors factors = KroneckerFactors.builder().build(objective);
        INDArray v = Arena.create(F32, Shape.of(objective.size()));
        return new Case("the Kronecker factors", factors)
                .use("update", () -> factors.update(objective, objective.theta(), Scope.all()))
                .use("apply", () -> factors.apply(v, v))
                .with(objective);
    }

    private static Case kroneckerInverse() {
        SupervisedObjective objective = wide();
        KroneckerFactors factors = KroneckerFactors.builder().build(objective);
        KroneckerInverse inverse = new KroneckerInverse(factors, FactorDamping.TRACE);
        INDArray v = Arena.create(F32, Shape.of(objective.size()));
        return new Case("the inverse of Kronecker factors", inverse)
                .use("refresh", () -> inverse.refresh(0.1))
                .use("apply", () -> inverse.apply(v, v))
                .with(factors)
                .with(objective);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyUseIsAnErrorThatNamesTheObject(Maker maker) throws Exception {
        for (boolean isUsedBefore : new boolean[] {true, false}) {
            Case opened = maker.open();
            if (isUsedBefore) {
                for (Executable use : opened.uses.values()) {
                    runQuietly(use);
                }
            }
            opened.closing.close();
            opened.closing.close();
            assertRefused(opened);
            Throwable[] failure = new Throwable[1];
            Thread other = new Thread(() -> {
                try {
                    assertRefused(opened);
                } catch (Throwable e) {
                    failure[0] = e;
                }
            });
            other.start();
            other.join();
            assertThat(failure[0]).as("in another thread").isNull();
            opened.end();
        }
    }

    private static void assertRefused(Case closed) {
        closed.uses.forEach((name, use) -> assertThatThrownBy(use::execute)
                .as("%s.%s", closed.type.getSimpleName(), name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(closed.object)
                .hasMessageContaining("closed"));
    }

    private static void runQuietly(Executable use) {
        try {
            use.execute();
        } catch (Throwable e) {
            throw new AssertionError("must work while it is open", e);
        }
    }

    /** Whatever is going on in the other thread, it ends in the same error. */
    @ParameterizedTest
    @MethodSource("cases")
    void closingWhileAnotherThreadComputesEndsThere(Maker maker) throws Exception {
        for (int round = 0; round < 6; round++) {
            Case opened = maker.open();
            Throwable[] end = new Throwable[1];
            CountDownLatch begun = new CountDownLatch(1);
            Thread other = new Thread(() -> {
                try {
                    while (true) {
                        for (Executable use : opened.uses.values()) {
                            use.execute();
                        }
                        begun.countDown();
                    }
                } catch (Throwable e) {
                    end[0] = e;
                    begun.countDown();
                }
            });
            other.start();
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            Thread.sleep(round * 3L);
            opened.closing.close();
            other.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(other.isAlive()).isFalse();
            assertThat(end[0])
                    .as("the end of the other thread")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            opened.end();
        }
    }

    /** A new class that owns something must be added to the cases above. */
    @Test
    void everyClassThatCanBeClosedIsHere() throws Exception {
        Set<String> missing = new TreeSet<>();
        Set<Class<?>> covered = new HashSet<>();
        for (Maker maker : cases().toList()) {
            Case opened = maker.open();
            for (Class<?> c = opened.type; c != null; c = c.getSuperclass()) {
                covered.add(c);
            }
            opened.end();
        }
        for (Class<?> home : List.of(Arena.class, Program.class, Predictor.class, Optimizer.class)) {
            for (Class<?> type : publicClasses(home)) {
                boolean isFrame = Modifier.isAbstract(type.getModifiers()) || type.isInterface();
                if (AutoCloseable.class.isAssignableFrom(type) && !isFrame && !covered.contains(type)) {
                    missing.add(type.getName());
                }
            }
        }
        // An address owns nothing; the others are used through objectives and optimizers above.
        missing.removeAll(Set.of(
                "dev.ravine.core.Address",
                "dev.ravine.optim.shards.PairwiseSum",
                "dev.ravine.optim.shards.SumMemory",
                "dev.ravine.optim.shards.ThreadedShards",
                "dev.ravine.optim.shards.ShardedLinearization",
                "dev.ravine.optim.training.Cluster$Placed",
                "dev.ravine.optim.secondorder.WolfeSearch"));
        assertThat(missing).isEmpty();
    }

    private static List<Class<?>> publicClasses(Class<?> home) throws IOException, URISyntaxException {
        Path source =
                Path.of(home.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(source)) {
            return publicClasses(source);
        }
        try (FileSystem jar = FileSystems.newFileSystem(source)) {
            return publicClasses(jar.getPath("/"));
        }
    }

    private static List<Class<?>> publicClasses(Path root) throws IOException {
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replace('\\', '.');
                if (name.startsWith("dev.ravine.") && !name.endsWith("package-info.class")) {
                    Class<?> type = classNamed(name.substring(0, name.length() - ".class".length()));
                    if (Modifier.isPublic(type.getModifiers())) {
                        found.add(type);
                    }
                }
            }
        }
        return found;
    }

    private static Class<?> classNamed(String name) {
        try {
            return Class.forName(name, false, UseAfterCloseTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    // ---- core -------------------------------------------------------------------------------------------------

    private static Case arena() {
        Arena arena = new Arena();
        INDArray x = arena.allocate(F32, Shape.of(LONG));
        INDArray d = arena.allocate(F64, Shape.of(LONG));
        INDArray labels = arena.allocate(DType.INT64, Shape.of(LONG));
        Elements floats = Elements.of(x);
        Elements doubles = Elements.of(d);
        Elements longs = Elements.of(labels);
        double[] some = new double[100];
        double[] all = new double[LONG];
        return new Case("the arena", arena)
                .use("allocate", () -> arena.allocate(F32, Shape.of(2)))
                .use("Elements.of", () -> Elements.of(x))
                .use("get float", () -> floats.get(LONG - 1))
                .use("get double", () -> doubles.get(LONG - 1))
                .use("get long", () -> longs.get(LONG - 1))
                .use("set float", () -> floats.set(LONG - 1, 1))
                .use("set double", () -> doubles.set(LONG - 1, 1))
                .use("set long", () -> longs.set(LONG - 1, 1))
                .use("read", () -> floats.read(LONG - 100, 100, some))
                .use("write", () -> doubles.write(LONG - 100, 100, some))
                .use("read all floats", () -> floats.read(0, LONG, all))
                .use("write all doubles", () -> doubles.write(0, LONG, all))
                .use("read longs", () -> longs.read(LONG - 100, 100, some))
                .use("buffer", () -> ((Elements.Floats) floats).buffer())
                .use("pointer", () -> ((Elements.Doubles) doubles).pointer())
                .use("view", () -> Arena.view(x, 5, Shape.of(3)))
                .use("copyOf", () -> Arena.copyOf(x))
                .use("toDoubles", () -> Arena.toDoubles(x))
                .use("norm of elements", () -> Vectors.norm(floats))
                .use("dot", () -> Vectors.dot(x, x))
                .use("axpy", () -> Vectors.axpy(0.5, doubles, doubles))
                .use("scale", () -> Vectors.scale(0.5, x))
                .use("copy", () -> Vectors.copy(x, x))
                .use("fill", () -> Vectors.fill(x, 1))
                .use("equal", () -> Vectors.equal(labels, labels))
                .use("multiply", () -> Vectors.multiply(d, d, d))
                .use("firstNonFinite", () -> Vectors.firstNonFinite(x));
    }

    private static Case views() {
        Arena arena = new Arena("the arena");
        INDArray root = arena.allocate(F64, Shape.of(WIDTH, WIDTH));
        INDArray view = Arena.view(root, WIDTH, Shape.of(WIDTH - 1, WIDTH));
        INDArray inner = Arena.view(view, 7, Shape.of(WIDTH));
        Elements opened = Elements.of(inner);
        return new Case("the arena", arena)
                .use("get", () -> opened.get(3))
                .use("Elements.of a view", () -> Elements.of(view))
                .use("dot", () -> Vectors.dot(inner, inner))
                .use("a view of a view", () -> Arena.view(inner, 1, Shape.of(2)));
    }

    private static Case kernels() {
        Arena arena = new Arena();
        INDArray a = arena.allocate(F32, Shape.of(WIDTH, WIDTH));
        INDArray b = arena.allocate(F32, Shape.of(WIDTH, 16));
        INDArray y = arena.allocate(F32, Shape.of(WIDTH, 16));
        INDArray z = arena.allocate(F32, Shape.of(WIDTH, 16));
        Map<String, Kernel> all = new LinkedHashMap<>();
        all.put("gemm", MatrixKernels.gemm(a, false, b, false, y, 0));
        all.put("batchedGemm", MatrixKernels.batchedGemm(a, false, b, false, y, 0));
        all.put("tanh", UnaryKernels.tanh(b, z));
        all.put("sin", UnaryKernels.sin(b, z));
        all.put("erf", UnaryKernels.erf(b, z));
        all.put("normalDistribution", UnaryKernels.normalDistribution(b, z));
        all.put("add", BinaryKernels.add(b, y, z));
        all.put("softmax", ReductionKernels.softmax(b, new int[] {1}, z));
        Window window = Window.of(2, 2);
        INDArray images = arena.allocate(F32, Shape.of(2, 5, 5, 3));
        INDArray weights = arena.allocate(F32, Shape.of(2, 2, 3, 4));
        INDArray outputs = arena.allocate(F32, Shape.of(2, 4, 4, 4));
        all.put("convolution", ConvolutionKernels.outputs(images, weights, window, 1, 0, outputs));
        all.put("unfold", ConvolutionKernels.unfold(images, window, arena.allocate(F32, Shape.of(2, 4, 4, 12))));
        all.put("sum", ReductionKernels.sum(a, new int[] {0, 1}, arena.allocate(F32, Shape.of())));
        Case made = new Case(Arena.class, "the arena", arena);
        all.forEach((name, kernel) -> made.use(name, kernel::run));
        return made;
    }

    private static Case lapack() {
        Arena arena = new Arena();
        INDArray a = arena.allocate(F64, Shape.of(ORDER, ORDER));
        INDArray x = arena.allocate(F64, Shape.of(ORDER));
        INDArray y = arena.allocate(F64, Shape.of(ORDER));
        return new Case(Arena.class, "the arena", arena)
                .use("cholesky", () -> Lapack.cholesky(a))
                .use("symmetricProduct", () -> Lapack.symmetricProduct(a, x, y));
    }

    /** Data live where the caller put them. */
    private static Case dataSet() {
        Arena arena = new Arena();
        INDArray features = arena.allocate(F32, Shape.of(WIDTH, WIDTH));
        DataSet data = DataSet.of(features, Arena.ofIntegers(new long[WIDTH]));
        INDArray row = Arena.create(F32, Shape.of(1, WIDTH));
        INDArray label = Arena.ofIntegers(0);
        Predictor predictor = new Predictor(net(WIDTH));
        return new Case(Arena.class, "the arena", arena)
                .use("copyRows", () -> data.copyRows(new int[] {WIDTH - 1}, 0, 1, row, label))
                .use("as", () -> data.as(F64))
                .use("outputs", () -> predictor.outputs(data))
                .with(predictor);
    }

    /** Zeros in a file of their own. */
    private static Path file(Shape shape) {
        try {
            Path file = Files.createTempFile("rows", ".npy");
            file.toFile().deleteOnExit();
            Npy.write(file, Arena.create(F32, shape));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case fileRows() {
        try {
            Path file = file(Shape.of(WIDTH, WIDTH));
            FileRows rows = FileRows.npy(file);
            FileRows.Reader reader = rows.reader(Elements.of(Arena.create(F32, Shape.of(2, WIDTH))));
            return new Case("the rows of " + file, rows)
                    .use("read", () -> reader.read(new int[] {3, 1}, 0, 2))
                    .use("checksum", rows::checksum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case streamedExamples() {
        try {
            Path file = file(Shape.of(WIDTH, WIDTH));
            StreamedExamples examples = StreamedExamples.npy(file, file(Shape.of(WIDTH, 1)));
            RowCopy copy =
                    examples.rowCopy(2, Arena.create(F32, Shape.of(2, WIDTH)), Arena.create(F32, Shape.of(2, 1)));
            return new Case("the rows of " + file, examples)
                    .use("rowCopy", () -> copy.run(new int[] {3, 1}, 0))
                    .use("take", () -> examples.take(0))
                    .use("checksum", examples::checksum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case workers() {
        Workers workers = new Workers(2);
        return new Case("the workers", workers)
                .use("one task", () -> workers.run(1, i -> {}))
                .use("two tasks", () -> workers.run(2, i -> {}));
    }

    // ---- autodiff ---------------------------------------------------------------------------------------------

    private static Case program() {
        Tensor x = Tensor.input("x", F32, Shape.of(WIDTH, 100));
        Tensor y = x.tanh().mul(3);
        Tensor loss = y.square().sum();
        Program program = Program.of(List.of(x), List.of(y, loss));
        INDArray value = Arena.create(F32, x.shape());
        Elements opened = Elements.of(program.memory(y));
        return new Case("the program", program)
                .use("set", () -> program.set(x, value))
                .use("changed", () -> program.changed(x))
                .use("resample", () -> program.resample(1))
                .use("run", () -> {
                    program.changed(x);
                    program.run();
                })
                .use("run one", () -> program.run(loss))
                .use("memory", () -> program.memory(y))
                .use("scalar", () -> program.scalar(loss))
                .use("firstNonFinite", program::firstNonFinite)
                .use("elements of its memory", () -> opened.get(5));
    }

    private static Case programOnArena() {
        Arena arena = new Arena();
        Tensor x = Tensor.variable("x", arena.allocate(F64, Shape.of(WIDTH, WIDTH)));
        Tensor y = x.square().sum();
        Program program = Program.of(List.of(x), List.of(y));
        return new Case(Arena.class, "the arena", arena)
                .use("run", () -> {
                    program.changed(x);
                    program.run();
                })
                .use("plan", () -> Program.of(List.of(x), List.of(y)).close())
                .use("value", x::value)
                .use("value of a function", () -> x.square().sum().scalar())
                .with(program);
    }

    private static Case graphLinearization() {
        Tensor w = Tensor.variable("w", Arena.create(F32, Shape.of(WIDTH, 200)));
        Tensor loss = w.sin().square().sum();
        GraphLinearization at = GraphLinearization.of(loss, List.of(w));
        INDArray v = Arena.create(F32, Shape.of(at.size()));
        INDArray out = Arena.create(F32, Shape.of(at.size()));
        return new Case("the linearization", at)
                .use("value", at::value)
                .use("gradient", () -> at.gradient(out))
                .use("gradient itself", at::gradient)
                .use("product", () -> at.hessian(v, out))
                .use("product in place", () -> at.product(Curvature.HESSIAN, 0))
                .use("moveTo", () -> at.moveTo(v))
                .use("resample", () -> at.resample(1, null, 0))
                .use("prepare", at::prepare)
                .use("prepare product", () -> at.prepare(Curvature.HESSIAN, false))
                .use("firstNonFinite", at::firstNonFinite);
    }

    private static Case jacobian() {
        Tensor x = Tensor.input("x", F64, Shape.of(30));
        Jacobian jacobian = new Jacobian(x.sin(), List.of(x));
        INDArray theta = Arena.create(F64, Shape.of(30));
        INDArray value = Arena.create(F64, Shape.of(30));
        INDArray columns = Arena.create(F64, Shape.of(30, 30));
        return new Case("the Jacobian", jacobian).use("at", () -> jacobian.at(theta, value, columns));
    }

    // ---- nn ---------------------------------------------------------------------------------------------------

    private static Module net(int width) {
        Module net = new Linear(width, width);
        net.initialize(F32, 1);
        return net;
    }

    private static DataSet data(int width) {
        return DataSet.of(Arena.create(F32, Shape.of(6, width)), Arena.ofIntegers(0, 0, 0, 0, 0, 0));
    }

    private static SupervisedObjective objective(Module net, int width) {
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data(width))
                .splitFrom(2)
                .build();
    }

    private static Case parameterVector() {
        Module net = net(WIDTH);
        ParameterVector vector = net.parameterVector();
        DataSet data = data(WIDTH);
        Predictor predictor = new Predictor(net);
        SupervisedObjective objective = objective(net, WIDTH);
        INDArray theta = objective.theta();
        INDArray out = Arena.create(F32, Shape.of(vector.size()));
        Linearization linearization = objective.linearize(theta, Scope.all());
        Optimizer sgd = Sgd.builder().build();
        Elements opened = Elements.of(theta);
        return new Case("the parameter vector", vector)
                .use("array", vector::array)
                .use("touch", vector::touch)
                .use("set", () -> vector.set(out))
                .use(
                        "array of a parameter",
                        () -> vector.segments().get(0).parameter().array())
                .use("stateDict", net::stateDict)
                .use("accuracy", () -> predictor.accuracy(data))
                .use("outputs", () -> predictor.outputs(data))
                .use("value", () -> objective.value(theta, Scope.all()))
                .use("gradient", () -> objective.gradient(theta, Scope.all(), out))
                .use("linearize", () -> objective.linearize(theta, Scope.all()).close())
                .use("step", () -> sgd.step(objective, theta))
                .use("elements", () -> opened.get(5))
                .use("norm", () -> Vectors.norm(theta))
                .with(linearization)
                .with(objective)
                .with(predictor)
                .with(sgd);
    }

    private static Case predictor() {
        Predictor predictor = new Predictor(net(WIDTH));
        DataSet data = data(WIDTH);
        return new Case("the predictor", predictor)
                .use("outputs", () -> predictor.outputs(data))
                .use("accuracy", () -> predictor.accuracy(data));
    }

    private static Case model() {
        DataSet data = DataSet.autoencoding(Arena.create(F32, Shape.of(6, WIDTH)));
        Model model = Model.builder(data, net(WIDTH)).build();
        return new Case("the predictor", model)
                .use("predict a row", () -> model.predict(new double[WIDTH]))
                .use("predict an array", () -> model.predict(data.features()));
    }

    // ---- optim ------------------------------------------------------------------------------------------------

    private static Case supervised(int width) {
        Module net = net(width);
        SupervisedObjective objective = objective(net, width);
        INDArray theta = net.parameterVector().array();
        INDArray out = Arena.create(F32, Shape.of(objective.size()));
        INDArray other = Arena.create(F32, Shape.of(objective.size()));
        Optimizer adam = Adam.builder().build();
        return new Case("the objective", objective)
                .use("value", () -> objective.value(theta, Scope.all()))
                .use("value of one example", () -> objective.value(theta, Scope.of(0)))
                .use("value elsewhere", () -> objective.value(other, Scope.all()))
                .use("gradient", () -> objective.gradient(theta, Scope.all(), out))
                .use("statistic", () -> {
                    INDArray mean = Arena.create(F32, Shape.of(objective.size()));
                    objective.gradient(theta, Scope.all(), out, SquaredGradients.inOnePass(), mean);
                })
                .use("statisticSize", () -> objective.statisticSize(SquaredGradients.inOnePass()))
                .use("obstacle", () -> objective.obstacle(SquaredGradients.inOnePass()))
                .use("linearize", () -> objective.linearize(theta, Scope.all()).close())
                .use("outputs", () -> objective.outputs(data(width)))
                .use("theta", objective::theta)
                .use("thetaChanged", () -> objective.thetaChanged(theta))
                .use("trainable", objective::trainable)
                .use("cost", objective::cost)
                .use("settings", objective::settings)
                .use("firstNonFinite", () -> objective.firstNonFinite(theta, Scope.all()))
                .use("step", () -> adam.step(objective, theta))
                .with(adam);
    }

    private static Case shardedLinearization(boolean isObjectiveClosed) {
        SupervisedObjective objective = objective(net(WIDTH), WIDTH);
        Linearization at = objective.linearize(objective.theta(), Scope.all());
        INDArray v = Arena.create(F32, Shape.of(at.size()));
        INDArray out = Arena.create(F32, Shape.of(at.size()));
        LinearOperator operator = LinearOperator.of(at, Curvature.GAUSS_NEWTON);
        return new Case(
                        at.getClass(),
                        isObjectiveClosed ? "the objective" : "the linearization",
                        isObjectiveClosed ? objective : at)
                .use("value", at::value)
                .use("gradient", () -> at.gradient(out))
                .use("product", () -> at.hessian(v, out))
                .use("operator", () -> operator.apply(v, out))
                .with(at)
                .with(objective);
    }

    private static FunctionObjective squares() {
        return new FunctionObjective(F64, LONG / 4, x -> x.square().sum());
    }

    private static Case function() {
        FunctionObjective objective = squares();
        INDArray theta = Arena.create(F64, Shape.of(objective.size()));
        INDArray out = Arena.create(F64, Shape.of(objective.size()));
        Linearization at = objective.linearize(theta, Scope.all());
        return new Case("the objective", objective)
                .use("value", () -> objective.value(theta, Scope.all()))
                .use("gradient", () -> objective.gradient(theta, Scope.all(), out))
                .use("linearize", () -> objective.linearize(theta, Scope.all()).close())
                .use("product", () -> at.hessian(theta, out))
                .use("cost", objective::cost)
                .use("thetaChanged", () -> objective.thetaChanged(theta))
                .use("firstNonFinite", () -> objective.firstNonFinite(theta, Scope.all()))
                .with(at);
    }

    private static Case residual() {
        ResidualObjective objective = new ResidualObjective(F64, 30, x -> x.sin());
        INDArray theta = Arena.create(F64, Shape.of(30));
        INDArray values = Arena.create(F64, Shape.of(30));
        INDArray columns = Arena.create(F64, Shape.of(30, 30));
        return new Case("the objective", objective)
                .use("value", () -> objective.value(theta, Scope.all()))
                .use("jacobian", () -> objective.jacobian(theta, values, columns));
    }

    private static Case denseMatrix() {
        DenseMatrix matrix = new DenseMatrix(ORDER);
        double[] x = new double[ORDER];
        return new Case("the matrix", matrix)
                .use("get", () -> matrix.get(5, 5))
                .use("set", () -> matrix.set(5, 5, 2))
                .use("addToDiagonal", () -> matrix.addToDiagonal(1))
                .use("isZeroRow", () -> matrix.isZeroRow(0))
                .use("isFinite", matrix::isFinite)
                .use("factorize", () -> matrix.factorize(1))
                .use("solve", () -> matrix.solve(x))
                .use("solveLower", () -> matrix.solveLower(x))
                .use("product", () -> matrix.product(x))
                .use("modelChange", () -> matrix.modelChange(x, x));
    }

    private static LinearOperator identity(int n) {
        return LinearOperator.of(n, (v, out) -> Vectors.copy(v, out), Property.SYMMETRIC);
    }

    private static INDArray ones(long... shape) {
        INDArray x = Arena.create(F64, Shape.of(shape));
        Vectors.fill(x, 1);
        return x;
    }

    private static Case conjugateGradient() {
        ConjugateGradient solver = new ConjugateGradient(5, StopRule.relativeProgress(1e-3));
        INDArray b = ones(LONG / 4);
        return new Case("the solver", solver)
                .use("minimise", () -> solver.minimise(identity(LONG / 4), b))
                .use("solve", () -> solver.solve(identity(LONG / 4), b, b, null));
    }

    private static Case steihaug() {
        SteihaugConjugateGradient solver = new SteihaugConjugateGradient(5);
        INDArray b = ones(LONG / 4);
        return new Case("the solver", solver).use("solve", () -> solver.solve(identity(LONG / 4), b, 1, 1e-9));
    }

    private static Case lanczosTrustRegion() {
        LanczosTrustRegion solver = new LanczosTrustRegion(5);
        INDArray b = ones(LONG / 4);
        return new Case("the solver", solver).use("solve", () -> solver.solve(identity(LONG / 4), b, 1, 1e-9));
    }

    private static Case optimizer(Optimizer optimizer) {
        FunctionObjective objective =
                new FunctionObjective(F64, 50, x -> x.square().sum());
        INDArray theta = ones(50);
        return stepping(optimizer, objective, theta).with(objective);
    }

    private static Case leastSquares(Optimizer optimizer) {
        ResidualObjective objective = new ResidualObjective(F64, 30, x -> x.sin());
        return stepping(optimizer, objective, ones(30)).with(objective);
    }

    private static Case ofMatrices(Function<Module, Optimizer> maker) {
        Module net = new Sequential(new Linear(4, 5), new Linear(5, 5), new Linear(5, 3));
        net.initialize(F64, 1);
        SupervisedObjective objective =
                SupervisedObjective.of(net, Loss.meanSquaredError(), DataSet.of(ones(20, 4), ones(20, 3)));
        return stepping(maker.apply(net), objective, objective.theta()).with(objective);
    }

    private static Case stepping(Optimizer optimizer, dev.ravine.optim.objective.Objective objective, INDArray theta) {
        return new Case("the optimizer", optimizer)
                .use("step", () -> {
                    Vectors.fill(theta, 1);
                    optimizer.step(objective, theta);
                })
                .use("state", optimizer::state)
                .use("restore", () -> optimizer.restore(optimizer.state()));
    }
}
