package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    /** A letter outside of the 16-bit plane, which Java writes as two chars. */
    private static final String MUSICAL_CLEF = "\uD834\uDD1E";

    @Test
    void charactersHaveTokensInTheOrderOfTheirCodePoints() {
        Vocabulary vocabulary = Vocabulary.of(List.of("cab" + MUSICAL_CLEF, "b\n"));
        assertThat(vocabulary.size()).isEqualTo(5);
        assertThat(vocabulary.encode("\nab" + MUSICAL_CLEF + "c")).containsExactly(0, 1, 2, 4, 3);
        assertThat(vocabulary.decode(4, 1, 0)).isEqualTo(MUSICAL_CLEF + "a\n");
    }

    @Test
    void anUnknownCharacterIsAnErrorOrTheLastToken() {
        Vocabulary vocabulary = Vocabulary.of("ab");
        assertThatThrownBy(() -> vocabulary.encode("ab?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("character 2 of a text")
                .hasMessageContaining("U+003F ('?')");
        assertThat(vocabulary.withUnknown().encode("ab?")).containsExactly(0, 1, 2);
        assertThat(vocabulary.withUnknown().decode(2)).isEqualTo("\uFFFD");
        assertThatThrownBy(() -> vocabulary.decode(2)).hasMessageContaining("from 0 to 1");
        assertThatThrownBy(() -> Vocabulary.of("")).hasMessageContaining("at least one character");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSavedVocabularyIsTheSame(boolean hasUnknown, @TempDir Path folder) throws IOException {
        Vocabulary made = Vocabulary.of("hello\t" + MUSICAL_CLEF);
        Vocabulary saved = hasUnknown ? made.withUnknown() : made;
        Path file = folder.resolve("letters.txt");
        saved.save(file);
        assertThat(Vocabulary.load(file)).isEqualTo(saved).hasSameHashCodeAs(saved);
        assertThat(Files.readAllLines(file)).startsWith("ravine vocabulary 1", "0009", "0065");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "ravine vocabulary 1",
                "ravine vocabulary 1\nunknown",
                "ravine vocabulary 1\n0062\n0061",
                "ravine vocabulary 1\n0061\n0061",
                "ravine vocabulary 1\n110000",
                "ravine vocabulary 1\nxyz"
            })
    void anotherFileIsRefusedWithItsLine(String text, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.txt"), text);
        assertThatThrownBy(() -> Vocabulary.load(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("x.txt, line ")
                .hasMessageContaining("expected");
    }

    @Test
    void textHasOneKindOfLineEndAndNoByteOrderMark(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("t.txt"), "\uFEFFa\r\nb\rc\u00E9\n");
        assertThat(TextFile.read(file)).isEqualTo("a\nb\nc\u00E9\n");
        Path latin = Files.write(folder.resolve("l.txt"), "abc\u00E9d".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> TextFile.read(latin))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("l.txt, byte 3: expected UTF-8, found byte 0xe9");
        Path cut = Files.write(folder.resolve("c.txt"), new byte[] {'a', (byte) 0xC3});
        assertThatThrownBy(() -> TextFile.read(cut)).hasMessageContaining("c.txt, byte 1");
    }
}
