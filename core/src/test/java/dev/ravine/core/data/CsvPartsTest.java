package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of a table, and readers that are kept as text for other programs. */
class CsvPartsTest {
    private static final Csv READER = Csv.reader().dtype(DType.FLOAT64);

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    /** 12 rows of "b", 6 of "a" and 2 of "c": a quarter of each is 3, 1.5 and 0.5. */
    @Test
    void classesStayInProportion() throws IOException {
        StringBuilder text = new StringBuilder("x,k\n");
        for (int i = 0; i < 20; i++) {
            text.append(i)
                    .append(',')
                    .append(i % 10 == 9 ? "c" : i % 10 < 6 ? "b" : "a")
                    .append('\n');
        }
        Path file = file(text.toString());
        CsvParts parts = CsvParts.stratified(READER.classNames("k"), file, 0.25, 3);
        assertThat(parts.table().classNames()).containsExactly("a", "b", "c");
        double[] test = Arena.toDoubles(parts.data().test().targets());
        assertThat(test).hasSize(5);
        assertThat(Arrays.stream(test).filter(label -> label == 1)).hasSize(3);
        assertThat(parts.data().train().size()).isEqualTo(15);
        assertThat(Arena.toDoubles(CsvParts.stratified(READER.classNames("k"), file, 0.25, 3)
                        .data()
                        .test()
                        .features()))
                .containsExactly(Arena.toDoubles(parts.data().test().features()));
        assertThatThrownBy(() -> CsvParts.stratified(READER.targets("x").categories("k"), file, 0.25, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the targets are numbers");
    }

    @Test
    void theReaderKnowsWhatThePartsHaveLearned() throws IOException {
        Csv csv = READER.targets("y").categories("t").missing(Missing.mean());
        CsvParts parts = CsvParts.of(csv, file("x,t,y\n1,oak,1\n3,elm,2\n5,oak,3\n,elm,4\n"), 0.25, 0);
        double mean = parts.table().encoding().means().get("x");
        String text = CsvText.write(parts.reader());
        Csv again = CsvText.read(text, "test");
        assertThat(CsvText.write(again)).isEqualTo(text);
        assertThat(Arena.toDoubles(again.readFeatures(new StringReader("t,x\noak,\nelm,7\n"), "new rows")))
                .containsExactly(mean, 0, 1, 7, 1, 0);
        assertThatThrownBy(() -> again.readFeatures(new StringReader("t,x\nfir,2\n"), "new rows"))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("new rows: line 2, column 't' (index 0)");
    }

    @Test
    void everySettingOfAReaderIsKept() throws IOException {
        Csv csv = Csv.reader()
                .withoutHeader()
                .separator(';')
                .decimalComma()
                .dtype(DType.FLOAT64)
                .classNames(-1)
                .ignore(0)
                .categories(2)
                .missing(Missing.constant(-1.5))
                .missingCells("NA", "?");
        String rows = "9;1,5;oak;q\n8;NA;elm;p\n";
        Csv again = CsvText.read(CsvText.write(csv), "test");
        Csv.Table expected = csv.table(new StringReader(rows), "rows");
        Csv.Table found = again.table(new StringReader(rows), "rows");
        assertThat(Arena.toDoubles(found.data().features())).containsExactly(1.5, 0, 1, -1.5, 1, 0);
        assertThat(found.data().checksum()).isEqualTo(expected.data().checksum());
        assertThat(found.classNames()).containsExactly("p", "q");
        assertThat(found.encoding()).isEqualTo(expected.encoding());
    }

    @Test
    void droppedRowsAreRefusedWhereEachNeedsAnAnswer() throws IOException {
        Csv csv = READER.targets("y").missing(Missing.dropRow());
        assertThat(csv.read(file("x,y\n1,2\n,3\n")).size()).isEqualTo(1);
        assertThatThrownBy(() -> csv.keepingRows().readFeatures(file("x,y\n1,2\n,3\n")))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("line 3, column 'x' (index 0)");
    }

    @Test
    void columnsOfTextBecomeCategories() throws IOException {
        Path file = file("a,b,c,d,y\n1,,NA,0,1\n2,oak,elm,1,2\n3,elm,oak,5,3\n");
        Csv csv = CsvPreview.textAsCategories(
                READER.targets("y").missingCells("NA").categories("d"), file);
        assertThat(csv.missing(Missing.dropRow()).table(file).featureNames())
                .containsExactly("a", "b=elm", "b=oak", "c=elm", "c=oak", "d=1", "d=5");
        Path marks = file("a,b,y\nNA,?,1\n5,oak,2\n");
        Csv marked = CsvPreview.textAsCategories(READER.targets("y"), marks);
        assertThatThrownBy(() -> marked.table(marks))
                .hasMessageContaining("line 2, column 'a' (index 0)")
                .hasMessageEndingWith("found 'NA'; if it means a missing value, name it in Csv.missingCells;"
                        + " otherwise fill in or remove the line");
        assertThat(marked.missingCells("NA", "?")
                        .missing(Missing.dropRow())
                        .table(marks)
                        .featureNames())
                .containsExactly("a", "b=oak");
        Path plain = file("1;x;2\n3;y;4\n");
        assertThat(CsvPreview.textAsCategories(
                                READER.withoutHeader().separator(';').targets(-1), plain)
                        .table(plain)
                        .featureNames())
                .containsExactly("0", "1=x", "1=y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | expected JSON",
                "[] | expected the settings of a CSV reader",
                "{\"separator\":\",\"} | dtype: expected a setting of a CSV reader",
                "{\"separator\":\"ab\"} | separator: expected one character, found ab",
            })
    void brokenTextIsRefused(String text, String message) {
        assertThatThrownBy(() -> CsvText.read(text, "model.safetensors"))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith("model.safetensors")
                .hasMessageContaining(message);
    }
}
