package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void valuesReadBackAsTheyWere() throws MalformedFileException {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("b", Arrays.asList("ü\"\n", null, true, -0.1, List.of()));
        value.put("a", Map.of("x", Double.MIN_VALUE));
        String text = Json.write(value);
        assertThat(text).isEqualTo("{\"b\":[\"ü\\\"\\n\",null,true,-0.1,[]],\"a\":{\"x\":4.9E-324}}");
        assertThat(Json.read(text, "text")).isEqualTo(value);
        assertThat(Json.read(" 7 ", "text")).isEqualTo(7.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\":1,\"a\":2}", "[1,]", "1 2", "1e999", "NaN", "nul", "{1:2}"})
    void brokenTextIsRefused(String text) {
        assertThatThrownBy(() -> Json.read(text, "header of x"))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith("header of x: ");
    }

    @Test
    void deepTextIsRefused() {
        assertThatThrownBy(() -> Json.read("[".repeat(100_000), "deep")).isInstanceOf(MalformedFileException.class);
    }

    @Test
    void otherTypesAreRefused() {
        assertThatThrownBy(() -> Json.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.write(List.of(new Object()))).isInstanceOf(IllegalArgumentException.class);
    }
}
