package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    private static final String FLOWERS = "length,width,species\n1.5,2,0\n-3,4e1,2\n";

    @TempDir
    Path folder;

    @Test
    void labelsAreFoundByNameOrIndex() throws IOException {
        for (Csv reader : new Csv[] {
            Csv.reader().labels("species"), Csv.reader().labels(2), Csv.reader().labels(-1)
        }) {
            Csv.Table table = CsvTexts.parse(reader, FLOWERS);
            DataSet data = table.data();
            assertThat(data.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(data.featureShape()).isEqualTo(Shape.of(2));
            assertThat(Arena.toDoubles(data.features())).containsExactly(1.5, 2, -3, 40);
            assertThat(Arena.toDoubles(data.targets())).containsExactly(0, 2);
            assertThat(data.classes()).isEqualTo(3);
            assertThat(table.featureNames()).containsExactly("length", "width");
            assertThat(table.targetNames()).containsExactly("species");
        }
    }

    @Test
    void classesAreNumberedInTheOrderOfTheirNames() throws IOException {
        Csv.Table table = CsvTexts.parse(Csv.reader().classNames("kind"), "x,kind\n1,oak\n2,ash\n3,oak\n4,10\n");
        assertThat(Arena.toDoubles(table.data().targets())).containsExactly(2, 1, 2, 0);
        assertThat(table.classNames()).containsExactly("10", "ash", "oak");
        assertThat(table.data().classes()).isEqualTo(3);
        CsvTexts.assertMalformed(
                Csv.reader().classNames("kind"),
                "x,kind\n1,oak\n2,\n",
                "line 3, column 'kind' (index 1)",
                "the name of a class",
                "an empty cell");
    }

    @Test
    void targetsAreNumbersInTheGivenOrder() throws IOException {
        Csv.Table table = CsvTexts.parse(Csv.reader().dtype(DType.FLOAT64).targets("species", "length"), FLOWERS);
        assertThat(table.data().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(table.data().hasLabels()).isFalse();
        assertThat(table.data().targetShape()).isEqualTo(Shape.of(2));
        assertThat(Arena.toDoubles(table.data().targets())).containsExactly(0, 1.5, 2, -3);
        assertThat(Arena.toDoubles(table.data().features())).containsExactly(2, 40);
        assertThat(table.targetNames()).containsExactly("species", "length");
        assertThat(Arena.toDoubles(CsvTexts.parse(Csv.reader().targets(0, -1), FLOWERS)
                        .data()
                        .targets()))
                .containsExactly(1.5, 0, -3, 2);
    }

    @Test
    void filesWithoutHeaderCallColumnsByIndex() throws IOException {
        Csv.Table table =
                CsvTexts.parse(Csv.reader().withoutHeader().separator(';').labels(0), "1;2.5;3\r\n0;4;5\r\n");
        assertThat(Arena.toDoubles(table.data().features())).containsExactly(2.5, 3, 4, 5);
        assertThat(Arena.toDoubles(table.data().targets())).containsExactly(1, 0);
        assertThat(table.featureNames()).containsExactly("1", "2");
        assertThat(table.targetNames()).containsExactly("0");
    }

    @Test
    void quotesSpacesEmptyLinesAndByteOrderMarksAreAccepted() throws IOException {
        Csv.Table table =
                CsvTexts.parse(Csv.reader().labels("the, label"), "\uFEFFx ,\"the, label\"\n\n \"1.25\" , 3\n\n2,0");
        assertThat(table.featureNames()).containsExactly("x");
        assertThat(Arena.toDoubles(table.data().features())).containsExactly(1.25, 2);
        assertThat(Arena.toDoubles(table.data().targets())).containsExactly(3, 0);
        DataSet plain = CsvTexts.parse(Csv.reader().withoutHeader().labels(1), "\uFEFF1,0")
                .data();
        assertThat(Arena.toDoubles(plain.features())).containsExactly(1);
    }

    @Test
    void filesAreReadAsUtf8() throws IOException {
        Path file = folder.resolve("größe.csv");
        Files.writeString(file, "größe,art\n1,0\n");
        assertThat(Csv.reader().labels("art").table(file).featureNames()).containsExactly("größe");
        assertThat(Csv.reader().labels("art").read(file).size()).isEqualTo(1);
        Files.write(file, "größe,art\n1,0\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Csv.reader().labels("art").read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("UTF-8");
        Files.write(file, "ä,art\n1,0\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Csv.reader().labels("art").read(file)).isInstanceOf(MalformedFileException.class);
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("nothing.csv");
        assertThatThrownBy(() -> Csv.reader().labels(0).read(file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("looked for a CSV file");
    }

    @Test
    void cellsThatAreNotNumbersAreNamed() {
        for (String cell : new String[] {"abc", "NaN", "Infinity", "1e999", "1e39", "1d", "1f", "1,5", "0x"}) {
            String quoted = '"' + cell + '"';
            CsvTexts.assertMalformed(
                    Csv.reader().labels("y"),
                    "a,b,y\n1,2,0\n1," + quoted + ",0\n",
                    "line 3, column 'b' (index 1)",
                    "a finite FLOAT32 number",
                    "found '" + cell + "'");
        }
        CsvTexts.assertMalformed(
                Csv.reader().labels("y"), "a,b,y\n1,,0", "line 2, column 'b' (index 1)", "an empty cell");
        CsvTexts.assertMalformed(
                Csv.reader().withoutHeader().labels(1), "a,y\n1,0", "line 1, column 0", "found 'a'", "withoutHeader");
        CsvTexts.assertMalformed(
                Csv.reader().targets("y"), "a,y\n1,two", "line 2, column 'y' (index 1)", "found 'two'");
    }

    @Test
    void labelsThatAreNotClassesAreNamed() {
        for (String label : new String[] {"-1", "1.0", "cat", "99999999999", "2147483647"}) {
            CsvTexts.assertMalformed(
                    Csv.reader().labels("y"),
                    "a,y\n1,0\n\n2," + label,
                    "line 4, column 'y' (index 1)",
                    "an integer from 0",
                    "found '" + label + "'");
        }
    }

    @Test
    void raggedRowsAreNamed() {
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,b,y\n1,2,0\n1,0\n", "line 3", "3 cells", "found 2");
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,y\n1,0,\n", "line 2, column 2", "2 cells", "found 3");
        CsvTexts.assertMalformed(Csv.reader().withoutHeader().labels(0), "0,1\n0,1,2", "line 2", "2 cells", "found 3");
    }

    @Test
    void brokenQuotesAreNamed() {
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,y\n\"1\"x,0\n", "quoting");
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,y\n\"1,0\n", "quoting");
    }

    @Test
    void unknownColumnsListTheKnownOnes() {
        CsvTexts.assertMalformed(
                Csv.reader().labels("kind"), FLOWERS, "no column 'kind'", "'length', 'width', 'species'");
        CsvTexts.assertMalformed(Csv.reader().labels(3), FLOWERS, "no column 3", "'length', 'width', 'species'");
        CsvTexts.assertMalformed(Csv.reader().targets(0, -4), FLOWERS, "no column -4");
        CsvTexts.assertMalformed(
                Csv.reader().withoutHeader().labels("y"), "1,2", "no column 'y'", "2 columns without names");
        CsvTexts.assertMalformed(Csv.reader().labels("a"), "a,a,b\n1,2,3", "two columns are called 'a'");
    }

    @Test
    void filesWithoutExamplesOrFeaturesAreRefused() {
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "", "empty");
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "\n\n", "empty");
        CsvTexts.assertMalformed(Csv.reader().withoutHeader().labels(0), "\uFEFF", "empty");
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,y\n", "only a line of column names");
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "y\n0\n", "at least one column of features");
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> CsvTexts.parse(Csv.reader(), FLOWERS)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Csv.reader().dtype(DType.INT64)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void columnsAreNamedOnce() {
        CsvTexts.assertMalformed(
                Csv.reader().targets("y", "y"), "a,y\n1,2\n", "column 'y' (index 1) is named twice as a target");
        CsvTexts.assertMalformed(
                Csv.reader().targets("y").features("a", "a"), "a,y\n1,2\n", "'a' (index 0)", "twice as a feature");
        CsvTexts.assertMalformed(Csv.reader().targets(-1, 1), "a,y\n1,2\n", "twice as a target");
    }

    @Test
    void decimalSignsAreAdvisedByTheReadersOwn() {
        CsvTexts.assertMalformed(
                Csv.reader().separator(';').targets("y"), "a;y\n1,5;2\n", "say so with Csv.decimalComma");
        CsvTexts.assertMalformed(
                Csv.reader().separator(';').decimalComma().targets("y"),
                "a;y\n1.5;2\n",
                "if its numbers have a decimal point, leave out Csv.decimalComma()");
    }
}
