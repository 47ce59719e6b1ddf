package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks that an objective around another one asks that one everything, whatever methods {@link Objective} has. */
public final class Forwarding {
    private static final Scope SCOPE = Scope.view(new int[] {1, 2}, 7);

    private final List<Method> asked = new ArrayList<>();
    private final Objective within = (Objective) Proxy.newProxyInstance(
            Objective.class.getClassLoader(), new Class<?>[] {Objective.class}, (proxy, method, arguments) -> {
                asked.add(method);
                return answer(method.getReturnType());
            });

    private Forwarding() {}

    /**
     * Calls every method of a view, and sees that the same method of the objective behind it was called and gave the
     * result. Closing alone must not reach that objective, which belongs to somebody else.
     *
     * @param view makes the objective around another one
     */
    public static void check(UnaryOperator<Objective> view) throws IllegalAccessException, InvocationTargetException {
        Forwarding forwarding = new Forwarding();
        Objective around = view.apply(forwarding.within);
        for (Method method : Objective.class.getMethods()) {
            forwarding.check(around, method);
        }
    }

    private void check(Objective around, Method method) throws IllegalAccessException, InvocationTargetException {
        Linearization at = around.linearize(Points.vector(0.5, 0.5), SCOPE);
        asked.clear();
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> type == Linearization.class ? at : argument(type))
                .toArray();
        Object result = method.invoke(around, arguments);
        if (method.getName().equals("close")) {
            assertThat(asked).isEmpty();
            return;
        }
        assertThat(asked).as("what %s asks the objective behind it", method).contains(method);
        if (method.isDefault()) {
            assertThat(result).as("the result of %s", method).isEqualTo(answer(method.getReturnType()));
        }
    }

    private static Object argument(Class<?> type) {
        if (type == INDArray.class) {
            return Points.vector(1, 2);
        }
        return type == Scope.class ? SCOPE : type.isPrimitive() ? answer(type) : null;
    }

    /** Nothing that a default method would say. */
    private static Object answer(Class<?> type) {
        if (type == double.class) {
            return 0.125;
        }
        if (type == long.class) {
            return 41L;
        }
        if (type == int.class) {
            return 43;
        }
        if (type == DType.class) {
            return DType.FLOAT64;
        }
        if (type == List.class) {
            return List.of(new Span(1, 2));
        }
        if (type == Optional.class) {
            return Optional.of("asked");
        }
        return type == Linearization.class ? new Fixed() : null;
    }

    /** A linearization of nothing. */
    private static final class Fixed implements Linearization {
        @Override
        public long size() {
            return 2;
        }

        @Override
        public DType dtype() {
            return DType.FLOAT64;
        }

        @Override
        public double value() {
            return 0;
        }

        @Override
        public void gradient(INDArray out) {
            throw new UnsupportedOperationException("the objective behind is to be asked");
        }

        @Override
        public void product(Curvature curvature, INDArray v, INDArray out) {
            throw new UnsupportedOperationException("the objective behind is to be asked");
        }

        @Override
        public void close() {}
    }
}
