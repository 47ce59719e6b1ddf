package dev.ravine.cli;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.training.ConfusionMatrix;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Small arguments of any type that public methods take, found by their public constructors and static methods. */
final class ArgumentSamples implements AutoCloseable {
    private static final int DEPTH = 6;

    private final Map<Class<?>, Object> known = new HashMap<>();
    private final Set<Class<?>> open = new HashSet<>();
    private final Linear net = new Linear(10, 1);
    private final SupervisedObjective objective;

    ArgumentSamples() {
        DataSet data = Generators.friedman(10, 1, 1);
        net.initialize(DType.FLOAT64, 1);
        objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data);
        INDArray vector = Arena.create(DType.FLOAT64, Shape.of(1));
        for (Class<?> whole : List.of(int.class, Integer.class)) {
            known.put(whole, 1);
        }
        for (Class<?> whole : List.of(long.class, Long.class)) {
            known.put(whole, 1L);
        }
        for (Class<?> number : List.of(double.class, Double.class, Number.class)) {
            known.put(number, 0.5);
        }
        known.put(float.class, 0.5F);
        known.put(boolean.class, true);
        known.put(Boolean.class, true);
        known.put(char.class, ';');
        known.put(String.class, "a");
        known.put(CharSequence.class, "a");
        known.put(Object.class, "a");
        known.put(INDArray.class, vector);
        known.put(Elements.class, Elements.of(vector));
        known.put(Tensor.class, Tensor.input("x", DType.FLOAT64, Shape.of(1)));
        known.put(Module.class, net);
        known.put(Enum.class, DType.FLOAT64);
        known.put(Objective.class, objective);
        INDArray outputs = Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 0, 0, 1);
        INDArray labels = Arena.of(DType.INT64, Shape.of(2), 0, 1);
        known.put(ConfusionMatrix.class, ConfusionMatrix.of(outputs, DataSet.of(outputs, labels)));
        known.put(DataSet.class, data);
        known.put(ExampleSource.class, data);
    }

    /** What is wrong with a container: a null in it, and where. */
    record Flawed(Object container, String where) {}

    /** {@return the containers of a type that hold a null, at any depth; none if it is no container} */
    List<Flawed> withNulls(Type type) {
        if (isMap(type)) {
            return mapsWithNulls((ParameterizedType) type);
        }
        Optional<Type> element = elementOf(type);
        if (element.isEmpty()) {
            return List.of();
        }
        List<Flawed> flawed = new ArrayList<>();
        Optional<Object> sample = of(element.get());
        sample.ifPresent(s -> flawed.add(new Flawed(container(type, Arrays.asList(s, null)), "element 1")));
        flawed.add(new Flawed(container(type, Collections.singletonList(null)), "element 0"));
        for (Flawed inner : withNulls(element.get())) {
            flawed.add(new Flawed(container(type, List.of(inner.container)), inner.where + " of element 0"));
        }
        return flawed;
    }

    private List<Flawed> mapsWithNulls(ParameterizedType type) {
        Type keys = type.getActualTypeArguments()[0];
        Type values = type.getActualTypeArguments()[1];
        List<Flawed> flawed = new ArrayList<>();
        Optional<Object> key = of(keys);
        Optional<Object> value = of(values);
        value.ifPresent(v -> flawed.add(new Flawed(Collections.singletonMap(null, v), "a key")));
        if (key.isPresent()) {
            flawed.add(new Flawed(Collections.singletonMap(key.get(), null), "a value"));
            for (Flawed inner : withNulls(values)) {
                flawed.add(new Flawed(Map.of(key.get(), inner.container), inner.where + " of a value"));
            }
        }
        return flawed;
    }

    private static boolean isMap(Type type) {
        return raw(type) == Map.class && type instanceof ParameterizedType;
    }

    private static Optional<Type> elementOf(Type type) {
        if (type instanceof GenericArrayType array) {
            return Optional.of(array.getGenericComponentType());
        }
        Class<?> raw = raw(type);
        if (raw.isArray() && !raw.getComponentType().isPrimitive()) {
            return Optional.of(raw.getComponentType());
        }
        boolean isCollection = (raw != Object.class && raw.isAssignableFrom(List.class)) || raw == Set.class;
        return isCollection && type instanceof ParameterizedType of
                ? Optional.of(of.getActualTypeArguments()[0])
                : Optional.empty();
    }

    private static Object container(Type type, List<?> elements) {
        Class<?> raw = raw(type);
        if (raw == Set.class) {
            return new LinkedHashSet<>(elements);
        }
        if (!raw.isArray()) {
            return new ArrayList<>(elements);
        }
        Object array = Array.newInstance(raw.getComponentType(), elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Array.set(array, i, elements.get(i));
        }
        return array;
    }

    /** {@return an object of a type, or empty if none is found} */
    Optional<Object> of(Type type) {
        Class<?> raw = raw(type);
        if (known.containsKey(raw)) {
            return Optional.ofNullable(known.get(raw));
        }
        if (isMap(type)) {
            Type[] of = ((ParameterizedType) type).getActualTypeArguments();
            return of(of[0]).flatMap(key -> of(of[1]).map(value -> new LinkedHashMap<>(Map.of(key, value))));
        }
        Optional<Type> element = elementOf(type);
        if (element.isPresent()) {
            return of(element.get()).map(e -> container(type, List.of(e)));
        }
        if (raw.isArray()) {
            return Optional.of(Array.newInstance(raw.getComponentType(), 1));
        }
        if (raw == Optional.class) {
            return Optional.of(Optional.empty());
        }
        if (raw.isEnum()) {
            return Optional.of(raw.getEnumConstants()[0]);
        }
        if (open.size() > DEPTH || !open.add(raw)) {
            return Optional.empty();
        }
        Optional<Object> made = made(raw);
        open.remove(raw);
        made.ifPresent(object -> known.put(raw, object));
        return made;
    }

    private Optional<Object> made(Class<?> type) {
        Optional<Object> made = ways(type)
                .flatMap(way -> made(way, null).stream())
                .filter(type::isInstance)
                .findFirst();
        return made.isPresent() || !type.isInterface() ? made : Optional.of(empty(type));
    }

    /** Its public constructors and the static methods that return it; then builders of it. */
    private static Stream<Executable> ways(Class<?> type) {
        Stream<Constructor<?>> constructors =
                Modifier.isAbstract(type.getModifiers()) ? Stream.of() : Arrays.stream(type.getConstructors());
        Class<?> around = type.getEnclosingClass();
        Stream<Method> makers = Stream.of(type, around)
                .filter(c -> c != null && c.getName().startsWith("dev.ravine"))
                .flatMap(c -> Arrays.stream(c.getMethods()))
                .filter(m -> Modifier.isStatic(m.getModifiers()) && type.isAssignableFrom(m.getReturnType()));
        Stream<Method> builders = Arrays.stream(type.getDeclaredClasses())
                .filter(c -> c.getSimpleName().equals("Builder"))
                .flatMap(c -> Arrays.stream(c.getMethods()))
                .filter(m -> m.getName().equals("build") && type.isAssignableFrom(m.getReturnType()));
        return Stream.concat(
                Stream.concat(constructors, makers)
                        .sorted(Comparator.comparingInt((Executable e) -> e.getParameterCount())
                                .thenComparing(Executable::toGenericString)),
                builders);
    }

    private Optional<Object> made(Executable way, Object receiver) {
        Optional<Object[]> arguments = arguments(way);
        Optional<Object> on = receiver != null || way instanceof Constructor || Modifier.isStatic(way.getModifiers())
                ? Optional.ofNullable(receiver)
                : of(way.getDeclaringClass());
        if (arguments.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(call(way, on.orElse(null), arguments.get()));
        } catch (InvocationTargetException e) {
            return Optional.empty();
        }
    }

    /** {@return sound arguments, or empty if one is not found} */
    Optional<Object[]> arguments(Executable way) {
        Type[] types = way.getGenericParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Optional<Object> argument = of(types[i]);
            if (argument.isEmpty()) {
                return Optional.empty();
            }
            arguments[i] = argument.get();
        }
        return Optional.of(arguments);
    }

    static Object call(Executable way, Object receiver, Object[] arguments) throws InvocationTargetException {
        try {
            way.setAccessible(true);
            return way instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((Method) way).invoke(receiver, arguments);
        } catch (IllegalAccessException | InstantiationException | IllegalArgumentException e) {
            throw new AssertionError(way + " with " + Arrays.toString(arguments), e);
        }
    }

    private static Object empty(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> 1;
                    case "equals" -> proxy == arguments[0];
                    case "toString" -> "an empty " + type.getSimpleName();
                    default -> nothing(method.getReturnType());
                });
    }

    private static Object nothing(Class<?> type) {
        return type.isPrimitive() && type != void.class ? Array.get(Array.newInstance(type, 1), 0) : null;
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> of) {
            return of;
        }
        if (type instanceof ParameterizedType of) {
            return (Class<?>) of.getRawType();
        }
        if (type instanceof TypeVariable<?> of) {
            return raw(of.getBounds()[0]);
        }
        if (type instanceof WildcardType of) {
            return raw(of.getUpperBounds()[0]);
        }
        return raw(((GenericArrayType) type).getGenericComponentType()).arrayType();
    }

    @Override
    public void close() {
        objective.close();
        net.parameterVector().close();
    }
}
