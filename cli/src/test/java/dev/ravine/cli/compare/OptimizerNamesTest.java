package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.optim.catalogue.OptimizerCatalogue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OptimizerNamesTest {
    private static List<String> names(String... specs) {
        return OptimizerNames.of(Stream.of(specs).map(OptimizerSpec::parse).toList());
    }

    @Test
    void aRateIsPartOfTheName() {
        assertThat(names("momentum:lr=0.03,mu=0.9", "adam:lr=3e-4", "hf:lambda=10", "lbfgs"))
                .containsExactly("Momentum, rate 0.03", "Adam, rate 3e-4", "Hessian-free", "L-BFGS");
    }

    @Test
    void severalOfOneKindAreToldApartByTheirSettings() {
        assertThat(names("hf:lambda=10", "hf:lambda=1,chunk=2000", "sgd"))
                .containsExactly("Hessian-free, lambda 10", "Hessian-free, lambda 1, chunk 2000", "SGD");
        assertThat(names("adam:lr=1e-3,batch=10", "adam:lr=1e-3,batch=20", "adam:lr=1e-2"))
                .containsExactly("Adam, rate 1e-3, batch 10", "Adam, rate 1e-3, batch 20", "Adam, rate 1e-2");
        assertThat(names("adam:batch=5,lr=1", "adam:lr=1,batch=5")).doesNotHaveDuplicates();
    }

    @Test
    void everyKindOfTheLibraryHasATitle() {
        assertThat(OptimizerCatalogue.load().names())
                .allSatisfy(name -> assertThat(OptimizerNames.title(name)).matches("[A-Z].*"));
    }
}
