package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void breaksBetweenWords() {
        assertThat(Lines.wrap("one two three four", 9, "  ")).containsExactly("one two", "  three", "  four");
        assertThat(Lines.wrap("a\n\nb", 9, "")).containsExactly("a", "", "b");
        assertThat(Lines.wrap("incomprehensibilities are", 9, "")).containsExactly("incomprehensibilities", "are");
        assertThat(Lines.wrap("", 9, "")).containsExactly("");
    }

    @Test
    void cutsWhatDoesNotFit() {
        assertThat(Lines.cut("as it is", 8)).isEqualTo("as it is");
        assertThat(Lines.cut("one letter too long", 18))
                .isEqualTo("one letter too...")
                .hasSizeLessThan(19);
    }

    @Test
    void theWidthComesFromTheShellOrIsTheUsualOne() {
        assertThat(Lines.width("132")).isEqualTo(132);
        assertThat(Lines.width("3")).isEqualTo(40);
        assertThat(Lines.width(null)).isEqualTo(80);
        assertThat(Lines.width("wide")).isEqualTo(80);
    }

    @Test
    void messagesBreakOnTerminalsOnly() {
        String text = "ravine: wine.csv: line 15, column 'Area': found an empty cell";
        assertThat(Lines.fitted(text, null)).isEqualTo(text);
        assertThat(Lines.fitted(text, "45").lines())
                .containsExactly("ravine: wine.csv: line 15, column 'Area':", "    found an empty cell");
    }
}
