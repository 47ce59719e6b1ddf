package dev.ravine.optim.catalogue;

import dev.ravine.core.Check;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;

/** Finds what jars on the class path provide, with errors that say which class to look at. */
public final class Providers {
    private Providers() {}

    /**
     * {@return one object of each class that provides a service, in the order of the class path}
     *
     * @param <S> the service
     * @param service an interface
     * @throws IllegalArgumentException if a class cannot be loaded or made, naming it
     */
    public static <S> List<S> load(Class<S> service) {
        try {
            return ServiceLoader.load(service).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; look at META-INF/services/" + service.getName() + " of the jar that names it",
                    e);
        }
    }

    /**
     * Refuses two things of one name.
     *
     * @param <T> their type
     * @param what they are, for the error
     * @param things that must have distinct names
     * @param name of a thing
     * @param provider whose class provides a thing
     * @throws IllegalArgumentException naming both providers
     */
    public static <T> void requireDistinct(
            String what, List<T> things, Function<? super T, String> name, Function<? super T, ?> provider) {
        Map<String, Class<?>> providers = new HashMap<>();
        for (T thing : Check.noNulls("things that have a " + what, things)) {
            Class<?> own = provider.apply(thing).getClass();
            Class<?> other = providers.put(name.apply(thing), own);
            if (other != null) {
                throw new IllegalArgumentException(
                        "two providers have the " + what + " '" + name.apply(thing) + "': " + other.getName() + " and "
                                + own.getName() + "; rename one, or take its jar off the class path");
            }
        }
    }
}
