package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.firstorder.Adadelta;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Adamax;
import dev.ravine.optim.firstorder.Lion;
import dev.ravine.optim.firstorder.Moments;
import dev.ravine.optim.firstorder.NAdam;
import dev.ravine.optim.firstorder.Plateau;
import dev.ravine.optim.firstorder.RAdam;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Rprop;
import dev.ravine.optim.firstorder.ScheduleFreeAdamW;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.firstorder.SharpnessAware;
import dev.ravine.optim.kronecker.Cotangents;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.kronecker.KroneckerFactors;
import dev.ravine.optim.kronecker.RestRule;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.matrix.AdaHessian;
import dev.ravine.optim.matrix.Muon;
import dev.ravine.optim.matrix.Shampoo;
import dev.ravine.optim.matrix.Soap;
import dev.ravine.optim.matrix.Sophia;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.ExactNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.LineSearchNewton;
import dev.ravine.optim.newton.MartensReference;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.DampingRule;
import dev.ravine.optim.secondorder.TrustRadius;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of each builder is seen in the optimizer's settings or in its state: none is forgotten. */
class SettingsAreCompleteTest {
    /** They change what is reported or refused, and no step. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("measureLossAfter", "limit", "isScheduled");

    static Stream<Supplier<Object>> builders() {
        return Stream.of(
                Sgd::builder,
                () -> Sgd.builder().momentum(0.5),
                Adam::builder,
                RmsProp::builder,
                Adagrad::builder,
                NAdam::builder,
                RAdam::builder,
                Adamax::builder,
                Adadelta::builder,
                Rprop::builder,
                Lion::builder,
                ScheduleFreeAdamW::builder,
                () -> SharpnessAware.builder(Sgd.builder().build()),
                HessianFree::builder,
                MartensReference::builder,
                ExactNewton::builder,
                TrustRegionNewton::builder,
                LineSearchNewton::builder,
                Lbfgs::builder,
                () -> BlockNewton.builder(List.of(new ParameterGroup("a", 0, 3))),
                GaussNewton::builder,
                LevenbergMarquardt::builder,
                Kfac::builder,
                () -> Kfac.builder().fixed(0.5, 0.5),
                () -> Muon.builder(net()),
                () -> Soap.builder(net()),
                () -> Shampoo.builder(net()),
                AdaHessian::builder,
                Sophia::builder);
    }

    private static Linear net() {
        Linear net = new Linear(3, 2);
        net.initialize(DType.FLOAT64, 1);
        return net;
    }

    @ParameterizedTest
    @MethodSource("builders")
    void everyFieldIsSeen(Supplier<Object> maker) throws ReflectiveOperationException {
        Map<String, Object> before = known(maker.get());
        List<String> unseen = new ArrayList<>();
        for (Field field : fields(maker.get().getClass())) {
            for (Map.Entry<String, Object> change : changes(field.getName(), field.get(maker.get()), field.getType())
                    .entrySet()) {
                Object builder = maker.get();
                field.set(builder, change.getValue());
                try {
                    if (known(builder).equals(before)) {
                        unseen.add(change.getKey());
                    }
                } catch (InvocationTargetException e) {
                    // These settings do not go together.
                    assertThat(e.getCause()).isInstanceOf(IllegalStateException.class);
                }
            }
        }
        assertThat(unseen)
                .as(
                        "settings of %s that a resumed run would not compare",
                        maker.get().getClass())
                .isEmpty();
    }

    private static List<Field> fields(Class<?> builder) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> type = builder; type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    /** Other values of a setting; of a record of settings, one with another value of each component. */
    private static Map<String, Object> changes(String name, Object value, Class<?> type)
            throws ReflectiveOperationException {
        if (WITHOUT_EFFECT.contains(name)) {
            return Map.of();
        }
        if (type != Moments.class && !type.getSimpleName().equals("Momentum")) {
            return Map.of(name, other(value, type));
        }
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Method accessor = components[i].getAccessor();
            accessor.setAccessible(true);
            values[i] = accessor.invoke(value);
        }
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        Map<String, Object> changes = new HashMap<>();
        for (int i = 0; i < components.length; i++) {
            for (Object other :
                    changes(components[i].getName(), values[i], types[i]).values()) {
                Object[] changed = values.clone();
                changed[i] = other;
                changes.put(name + "." + components[i].getName(), constructor.newInstance(changed));
            }
        }
        return changes;
    }

    /** What a resumed run compares: settings, and the state's own. */
    private static Map<String, Object> known(Object builder) throws ReflectiveOperationException {
        Method build = builder.getClass().getMethod("build");
        build.setAccessible(true);
        try (Optimizer optimizer = (Optimizer) build.invoke(builder)) {
            Map<String, Object> all = new HashMap<>(optimizer.settings());
            all.putAll(optimizer.state().numbers());
            return all;
        }
    }

    private static Object other(Object value, Class<?> type) {
        if (type == double.class) {
            return (double) value == 0.25 ? 0.5 : 0.25;
        } else if (type == int.class) {
            return (int) value == 7 ? 8 : 7;
        } else if (type == long.class) {
            return (long) value + 1;
        } else if (type == boolean.class) {
            return !(boolean) value;
        } else if (type.isEnum()) {
            Object[] all = type.getEnumConstants();
            return all[0].equals(value) ? all[type == BlockNewton.Method.class ? 2 : 1] : all[0];
        } else if (type == Schedule.class) {
            return Schedule.constant(0.123);
        } else if (type == Plateau.class) {
            return Plateau.of(0.5, 3);
        } else if (type == DampingRule.class) {
            return DampingRule.fixed();
        } else if (type == Acceptance.class) {
            return Acceptance.lineSearch(0.123, 0.1, 7);
        } else if (type == StopRule.class) {
            return StopRule.relativeResidual(0.123);
        } else if (type == KroneckerFactors.Builder.class) {
            return KroneckerFactors.builder().cotangents(Cotangents.NONE);
        } else if (type == RestRule.class) {
            return RestRule.adam(0.123);
        } else if (type == List.class) {
            return List.of(new ParameterGroup("a", 0, 3));
        } else if (type == ParameterGroup.class) {
            return new ParameterGroup("weights", 0, 6);
        } else if (type == TrustRadius.class) {
            return new TrustRadius(0.123, 7);
        }
        if (type.getSimpleName().equals("Bounds")) {
            return bounds(type);
        }
        throw new AssertionError("a value of " + type + " other than " + value);
    }

    private static Object bounds(Class<?> type) {
        try {
            Constructor<?> made = type.getDeclaredConstructor(double[].class, double[].class);
            made.setAccessible(true);
            return made.newInstance(new double[] {0}, new double[] {1});
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
