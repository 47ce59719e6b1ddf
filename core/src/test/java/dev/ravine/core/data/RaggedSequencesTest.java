package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaggedSequencesTest {
    @Test
    void tokensAreFilledUpBehindTheirEnds() {
        DataSet data = RaggedSequences.ofTokens(9)
                .add(new long[] {1, 2, 3}, new long[] {2, 3, 4})
                .add(new long[] {5}, new long[] {6})
                .build();
        assertThat(Shape.of(data.features())).isEqualTo(Shape.of(2, 3));
        assertThat(Arena.toDoubles(data.features())).containsExactly(1, 2, 3, 5, 9, 9);
        assertThat(Arena.toDoubles(data.targets())).containsExactly(2, 3, 4, 6, -100, -100);
        assertThat(data.hasLabels()).isFalse();
    }

    @Test
    void numbersHaveTheMaskAsTheirLastColumn() {
        RaggedSequences sequences = RaggedSequences.ofNumbers(2)
                .addLabelled(new double[][] {{1, 2}}, 1)
                .addLabelled(new double[][] {{3, 4}, {5, 6}}, 0);
        DataSet data = sequences.build(3);
        assertThat(sequences.longest()).isEqualTo(2);
        assertThat(sequences.size()).isEqualTo(2);
        assertThat(data.featureShape()).isEqualTo(Shape.of(3, 3));
        assertThat(Arena.toDoubles(data.features()))
                .containsExactly(1, 2, 1, 0, 0, 0, 0, 0, 0, 3, 4, 1, 5, 6, 1, 0, 0, 0);
        assertThat(data.classes()).isEqualTo(2);
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheSequence() {
        RaggedSequences tokens = RaggedSequences.ofTokens(0).add(new long[] {1}, new long[] {1});
        assertThatThrownBy(() -> tokens.add(new long[] {1, 2}, new long[] {1}))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("sequence 1 has 2 steps and 1 targets");
        assertThatThrownBy(() -> tokens.addLabelled(new long[] {1}, 1)).hasMessageContaining("a label, unlike");
        assertThatThrownBy(() -> tokens.add(new long[0], new long[0])).hasMessageContaining("no steps");
        assertThatThrownBy(() -> tokens.addLabelled(new double[][] {{1}}, 1)).hasMessageContaining("ofNumbers");
        assertThatThrownBy(() -> tokens.build(0)).hasMessageContaining("up to 1 steps");
        assertThatThrownBy(() -> RaggedSequences.ofTokens(0).build()).hasMessageContaining("0 sequences");
        assertThatThrownBy(() -> RaggedSequences.ofNumbers(2).addLabelled(new double[][] {{1, 2}, {1}}, 1))
                .hasMessageContaining("step 1: expected 2 numbers, found 1");
        assertThatThrownBy(() -> RaggedSequences.ofNumbers(2).addLabelled(new long[] {1}, 1))
                .hasMessageContaining("found tokens");
    }

    @Test
    void linesPredictTheirNextCharacterAndTheirEnd() {
        Vocabulary vocabulary = Vocabulary.of("\nab");
        DataSet data = Characters.lines(vocabulary, List.of("ba", "a"), 4);
        assertThat(Arena.toDoubles(data.features())).containsExactly(0, 2, 1, 0, 0, 1, 0, 0);
        assertThat(Arena.toDoubles(data.targets())).containsExactly(2, 1, 0, -100, 1, 0, -100, -100);
    }

    @Test
    void partsOfATextFollowEachOther() {
        Vocabulary vocabulary = Vocabulary.of("abcdefgh");
        DataSet data = Characters.parts(vocabulary, "abcdefgh", 3);
        assertThat(Arena.toDoubles(data.features())).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(Arena.toDoubles(data.targets())).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(Characters.parts(vocabulary, "abcd", 3).size()).isEqualTo(1);
        assertThatThrownBy(() -> Characters.parts(vocabulary, "abc", 3)).hasMessageContaining("no part of 3");
    }
}
