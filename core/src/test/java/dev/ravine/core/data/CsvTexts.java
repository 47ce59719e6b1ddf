package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.StringReader;

/** Reads a text as if it were the file data.csv. */
final class CsvTexts {
    private CsvTexts() {}

    static Csv.Table parse(Csv reader, String text) throws IOException {
        return reader.table(new StringReader(text), "data.csv");
    }

    static void assertMalformed(Csv reader, String text, String... parts) {
        assertThatThrownBy(() -> parse(reader, text))
                .as("reading %s", text)
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("data.csv")
                .hasMessageContainingAll(parts);
    }
}
