package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.io.MalformedFileException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers, classes, categories, missing cells and columns of CSV files. */
class CsvOptionsTest {
    private static final Csv DOUBLES = Csv.reader().dtype(DType.FLOAT64);

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve(text.hashCode() + ".csv"), text);
    }

    private static double[] features(Csv reader, String text) throws IOException {
        return Arena.toDoubles(CsvTexts.parse(reader, text).data().features());
    }

    private static double[] targets(Csv.Table table) {
        return Arena.toDoubles(table.data().targets());
    }

    // ---- numbers ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "+1, 1",
        "-1.5, -1.5",
        ".5, 0.5",
        "5., 5",
        "1e3, 1000",
        "1E-3, 0.001",
        "-.5e+1, -5",
        "007, 7",
        "0.1, 0.1",
        "1e-400, 0",
        "-0, -0.0"
    })
    void decimalNumbersAreRead(String cell, double value) throws IOException {
        assertThat(features(DOUBLES.targets("y"), "a,y\n\"  " + cell + " \",0\n"))
                .containsExactly(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x1p3",
                "0x10",
                "0X1.8P1",
                "1f ",
                " 1f",
                "1d",
                "1L",
                "1_000",
                "1 000",
                "1'000",
                "NaN",
                "Infinity",
                "-inf",
                "e5",
                "1e",
                "1e+",
                ".",
                "+",
                "-",
                "--1",
                "1.2.3",
                "1e2.5",
                "\u0661",
                "1\u00a0",
                "\uff11",
                "1\u2212",
                "1,5"
            })
    void everythingElseIsRefused(String cell) {
        CsvTexts.assertMalformed(
                DOUBLES.targets("y"), "a,y\n\"" + cell + "\",0\n", "line 2, column 'a'", "a finite FLOAT64");
    }

    @Test
    void writtenDoublesAreReadBitForBit() throws IOException {
        Rng random = new Rng(7);
        StringBuilder plain = new StringBuilder("a,b,y\n");
        StringBuilder commas = new StringBuilder("a;b;y\n");
        double[] expected = new double[400];
        for (int i = 0; i < expected.length; i += 2) {
            for (int k = 0; k < 2; k++) {
                double value = Double.longBitsToDouble(random.nextLong());
                expected[i + k] = Double.isFinite(value) ? value : i;
            }
            String first = Double.toString(expected[i]);
            String second = new BigDecimal(expected[i + 1]).toPlainString();
            plain.append(first).append(',').append(second).append(",0\n");
            commas.append(first.replace('.', ','))
                    .append(';')
                    .append(second.replace('.', ','))
                    .append(";0\n");
        }
        assertThat(features(DOUBLES.targets("y"), plain.toString())).containsExactly(expected);
        assertThat(features(DOUBLES.separator(';').decimalComma().targets("y"), commas.toString()))
                .containsExactly(expected);
    }

    @Test
    void aDecimalCommaIsNotAPoint() throws IOException {
        Csv german = DOUBLES.decimalComma().targets("y");
        assertThat(features(german, "a,y\n\"-1,5e2\",0\n")).containsExactly(-150);
        CsvTexts.assertMalformed(german, "a,y\n1.5,0\n", "found '1.5'");
        CsvTexts.assertMalformed(german.separator(';'), "a;y\n1.234,5;0\n", "found '1.234,5'");
        CsvTexts.assertMalformed(
                DOUBLES.separator(';').targets("y"), "a;y\n1,5;0\n", "found '1,5'", "Csv.decimalComma()");
    }

    @Test
    void numbersDoNotDependOnTheLocale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("fa-IR"));
            assertThat(features(DOUBLES.targets("y"), "a,y\n1.5,0\n")).containsExactly(1.5);
            CsvTexts.assertMalformed(DOUBLES.targets("y"), "a,y\nx,0\n", "line 2, column 'a' (index 0)");
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", "-0", "\u0661", "0x1", "1.", "1e0", "1 1"})
    void labelsAreDigits(String label) {
        CsvTexts.assertMalformed(Csv.reader().labels("y"), "a,y\n1," + label + "\n", "an integer from 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\n", "\r"})
    void someCharactersDoNotSeparate(String separator) {
        assertThatThrownBy(() -> Csv.reader().separator(separator.charAt(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot separate cells");
    }

    // ---- classes and files that belong together ----------------------------------------------------------------

    private static final String TRAIN = "x,kind\n1,oak\n2,ash\n3,elm\n4,oak\n";
    private static final String TEST = "kind,x\noak,5\nelm,6\n";

    @Test
    void aTestFileWithoutOneClassHasTheNumbersOfTheTrainingFile() throws IOException {
        Csv reader = DOUBLES.classNames("kind");
        assertThat(targets(CsvTexts.parse(reader, TEST))).as("on its own").containsExactly(1, 0);
        Csv.Table train = CsvTexts.parse(reader, TRAIN);
        Csv.Table test = CsvTexts.parse(reader.like(train), TEST);
        assertThat(targets(test)).containsExactly(2, 1);
        assertThat(test.data().classes()).isEqualTo(3);
        assertThat(test.classNames()).isEqualTo(train.classNames()).containsExactly("ash", "elm", "oak");
        assertThat(Arena.toDoubles(test.data().features())).containsExactly(5, 6);
        TrainTest both = reader.trainTest(file(TRAIN), file(TEST));
        assertThat(Arena.toDoubles(both.test().targets())).containsExactly(2, 1);
        assertThat(both.test().classes()).isEqualTo(both.train().classes()).isEqualTo(3);
        CsvTexts.assertMalformed(
                reader.like(train),
                "x,kind\n1,oak\n2,yew\n",
                "line 3, column 'kind' (index 1)",
                "a class that is known, one of 'ash', 'elm', 'oak'",
                "found 'yew'");
    }

    @Test
    void classesMayBeGiven() throws IOException {
        Csv.Table table = CsvTexts.parse(DOUBLES.classNames("kind", List.of("oak", "yew", "elm", "ash")), TRAIN);
        assertThat(targets(table)).containsExactly(0, 3, 2, 0);
        assertThat(table.data().classes()).isEqualTo(4);
        CsvTexts.assertMalformed(DOUBLES.classNames("kind", List.of("oak", "elm")), TRAIN, "line 3", "found 'ash'");
        assertThatThrownBy(() -> Csv.reader().classNames("kind", List.of("a", "b", "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("each name once");
        assertThatThrownBy(() -> Csv.reader().classNames("kind", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void integerLabelsShareTheNumberOfClasses() throws IOException {
        Csv reader = Csv.reader().labels("y");
        Csv.Table train = CsvTexts.parse(reader, "a,y\n1,0\n1,3\n");
        assertThat(CsvTexts.parse(reader, "a,y\n1,1\n").data().classes())
                .as("on its own")
                .isEqualTo(2);
        assertThat(CsvTexts.parse(reader.like(train), "a,y\n1,1\n").data().classes())
                .isEqualTo(4);
        assertThat(CsvTexts.parse(Csv.reader().labels("y", 7), "a,y\n1,1\n")
                        .data()
                        .classes())
                .isEqualTo(7);
        CsvTexts.assertMalformed(reader.like(train), "a,y\n1,4\n", "an integer from 0 to 3", "found '4'");
        assertThatThrownBy(() -> Csv.reader().labels("y", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneReaderReadsAnyNumberOfFiles() throws IOException {
        Csv reader = DOUBLES.classNames("kind");
        CsvTexts.parse(reader, TRAIN);
        assertThat(CsvTexts.parse(reader, "x,kind\n1,b\n2,a\n").classNames()).containsExactly("a", "b");
    }

    // ---- columns ----------------------------------------------------------------------------------------------

    private static final String TABLE = "id,a,b,y\nr1,1,2,3\nr2,4,5,6\n";

    @Test
    void featuresAreChosenByNameOrIndex() throws IOException {
        for (Csv reader : new Csv[] {
            DOUBLES.targets("y").features("b", "a"),
            DOUBLES.targets("y").features(2, -3),
            DOUBLES.targets(-1).features("b", "a").ignore("id")
        }) {
            Csv.Table table = CsvTexts.parse(reader, TABLE);
            assertThat(table.featureNames()).containsExactly("b", "a");
            assertThat(Arena.toDoubles(table.data().features())).containsExactly(2, 1, 5, 4);
            assertThat(targets(table)).containsExactly(3, 6);
        }
        for (Csv reader : new Csv[] {
            DOUBLES.targets("y").ignore("id"),
            DOUBLES.targets("y").ignore(0),
            DOUBLES.targets("y").ignore("id").ignore("id")
        }) {
            assertThat(features(reader, TABLE)).containsExactly(1, 2, 4, 5);
        }
        CsvTexts.assertMalformed(DOUBLES.targets("y").features("c"), TABLE, "no column 'c'", "'id', 'a', 'b', 'y'");
        CsvTexts.assertMalformed(DOUBLES.targets("y").features("y"), TABLE, "column 'y' (index 3)", "decide for one");
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").ignore("id", "a", "b"), TABLE, "expected at least one column of features");
    }

    @Test
    void featuresAloneNeedNoTargets() throws IOException {
        Csv reader = DOUBLES.targets("y").ignore("id");
        Csv.Table train = CsvTexts.parse(reader, TABLE);
        assertThat(Arena.toDoubles(reader.readFeatures(file(TABLE)))).containsExactly(1, 2, 4, 5);
        Csv like = reader.like(train);
        assertThat(Arena.toDoubles(like.readFeatures(file("b,other,a\n8,?,7\n"))))
                .containsExactly(7, 8);
        assertThat(Arena.toDoubles(DOUBLES.readFeatures(file("b,a\n8,7\n")))).containsExactly(8, 7);
    }

    @Test
    void aTargetIsNumericIfItsFirstCellIs() throws IOException {
        for (String mark : new String[] {"", "\uFEFF"}) {
            assertThat(CsvPreview.isNumericTarget(Csv.reader().targets("y"), file(mark + "y,a\noak,1\n")))
                    .isFalse();
            assertThat(CsvPreview.isNumericTarget(Csv.reader().targets("y"), file(mark + "y,a\n1.5,1\n")))
                    .isTrue();
        }
        assertThat(CsvPreview.isNumericTarget(Csv.reader().targets("y"), file("y,a\n0x1p3,1\n")))
                .isFalse();
        assertThat(CsvPreview.isNumericTarget(Csv.reader().targets("y"), file("y,a\n,1\noak,1\n")))
                .isFalse();
        assertThat(CsvPreview.isNumericTarget(Csv.reader().targets("y"), file("y,a\n,1\n")))
                .isTrue();
        assertThatThrownBy(() -> CsvPreview.isNumericTarget(Csv.reader().targets("z"), file("y,a\n1,1\n")))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("no column 'z'");
    }

    // ---- categories -------------------------------------------------------------------------------------------

    private static final String COLOURS = "colour,x,y\nred,1,0\nblue,2,0\nred,3,0\n";

    @Test
    void categoriesBecomeOneFeatureEach() throws IOException {
        Csv.Table table = CsvTexts.parse(DOUBLES.targets("y").categories("colour"), COLOURS);
        assertThat(table.featureNames()).containsExactly("colour=blue", "colour=red", "x");
        assertThat(table.data().featureShape()).isEqualTo(Shape.of(3));
        assertThat(Arena.toDoubles(table.data().features())).containsExactly(0, 1, 1, 1, 0, 2, 0, 1, 3);
        assertThat(table.encoding().categories()).containsEntry("colour", List.of("blue", "red"));
        assertThat(features(DOUBLES.withoutHeader().targets(2).categories(0), "b,1,0\na,2,0\n"))
                .containsExactly(0, 1, 1, 1, 0, 2);
    }

    @Test
    void categoriesAreThoseOfTheTrainingFile() throws IOException {
        Csv reader = DOUBLES.targets("y").categories("colour");
        Csv.Table train = CsvTexts.parse(reader, COLOURS);
        Csv.Table test = CsvTexts.parse(reader.like(train), "y,x,colour\n0,9,red\n");
        assertThat(test.featureNames()).isEqualTo(train.featureNames());
        assertThat(Arena.toDoubles(test.data().features())).containsExactly(0, 1, 9);
        CsvTexts.assertMalformed(
                reader.like(train),
                "colour,x,y\ngreen,1,0\n",
                "line 2, column 'colour' (index 0)",
                "a category that is known, one of 'blue', 'red'",
                "'green'");
        assertThat(features(DOUBLES.targets("y").categories("colour", List.of("red", "green", "blue")), COLOURS))
                .containsExactly(1, 0, 0, 1, 0, 0, 1, 2, 1, 0, 0, 3);
    }

    @Test
    void aColumnOfManyNamesIsNoCategory() {
        String many = IntStream.rangeClosed(0, CsvTable.MOST_CATEGORIES)
                .mapToObj(i -> "n" + i + ",0\n")
                .collect(Collectors.joining("", "name,y\n", ""));
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").categories("name"), many, "column 'name' (index 0)", "1000 categories", "1001");
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").categories("y"), COLOURS, "column 'y' (index 2)", "is no feature");
        CsvTexts.assertMalformed(DOUBLES.targets("y").categories("z"), COLOURS, "no column 'z'");
    }

    // ---- missing cells ----------------------------------------------------------------------------------------

    private static final String GAPS = "a,b,y\n1,10,0\n,20,1\n3,NA,2\n5,30,3\n";

    @Test
    void missingCellsAreRefusedByDefault() {
        CsvTexts.assertMalformed(
                DOUBLES.targets("y"), GAPS, "line 3, column 'a' (index 0)", "an empty cell", "Csv.missing");
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").missing("a", Missing.mean()).missingCells("NA"),
                GAPS,
                "line 4, column 'b' (index 1)",
                "'NA', which means a missing value");
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").missing(Missing.mean()), GAPS, "line 4", "a finite FLOAT64", "'NA'");
    }

    @Test
    void missingCellsFollowTheRule() throws IOException {
        Csv reader = DOUBLES.targets("y").missingCells("NA");
        assertThat(features(reader.missing(Missing.mean()), GAPS)).containsExactly(1, 10, 3, 20, 3, 20, 5, 30);
        assertThat(features(reader.missing(Missing.constant(-1)), GAPS)).containsExactly(1, 10, -1, 20, 3, -1, 5, 30);
        Csv.Table dropped = CsvTexts.parse(reader.missing(Missing.dropRow()), GAPS);
        assertThat(Arena.toDoubles(dropped.data().features())).containsExactly(1, 10, 5, 30);
        assertThat(targets(dropped)).containsExactly(0, 3);
        Csv mixed = reader.missing(Missing.constant(7)).missing("a", Missing.dropRow());
        assertThat(features(mixed, GAPS)).containsExactly(1, 10, 3, 7, 5, 30);
        Csv byIndex = DOUBLES.withoutHeader().targets(1).missing(Missing.mean());
        assertThat(features(byIndex, "1,0\n,0\n4,0\n")).containsExactly(1, 2.5, 4);
    }

    @Test
    void aTestFileTakesTheMeansOfTheTrainingFile() throws IOException {
        Csv reader = DOUBLES.targets("y").missing(Missing.mean()).missingCells("NA");
        Csv.Table train = CsvTexts.parse(reader, GAPS);
        assertThat(train.encoding().means()).containsEntry("a", 3.0).containsEntry("b", 20.0);
        assertThat(features(reader.like(train), "a,b,y\n,100,0\n200,,0\n")).containsExactly(3, 100, 200, 20);
        CsvTexts.assertMalformed(reader, "a,b,y\n,1,0\n,2,0\n", "column 'a' (index 0)", "at least one number");
    }

    @Test
    void aSplitTakesMeansFromTheRowsToTrainOn() throws IOException {
        StringBuilder text = new StringBuilder("a,y,k\n");
        for (int i = 0; i < 30; i++) {
            text.append(i % 3 == 0 ? "" : String.valueOf(i))
                    .append(',')
                    .append(i)
                    .append(i == 4 ? ",rare\n" : ",x\n");
        }
        Path file = file(text.toString());
        Csv reader = DOUBLES.targets("y").features("a").missing(Missing.mean());
        TrainTest parts = CsvParts.of(reader, file, 0.4, 5).data();
        double[] places = Arena.toDoubles(parts.train().targets());
        double mean = Arrays.stream(places).filter(i -> i % 3 != 0).average().orElseThrow();
        for (DataSet part : List.of(parts.train(), parts.test())) {
            for (int i = 0; i < part.size(); i++) {
                double place = part.targets().getDouble(i);
                assertThat(part.features().getDouble(i)).isEqualTo(place % 3 == 0 ? mean : place);
            }
        }
        TrainTest whole = Splits.trainTest(
                DOUBLES.targets("y").features("k").categories("k").read(file), 0.4, 5);
        assertThat(Arena.toDoubles(whole.test().targets()))
                .containsExactly(Arena.toDoubles(parts.test().targets()));
        TrainTest classes =
                CsvParts.of(DOUBLES.classNames("k").features("y"), file, 0.4, 5).data();
        assertThat(classes.train().classes())
                .isEqualTo(classes.test().classes())
                .isEqualTo(2);
        assertThatThrownBy(() -> CsvParts.of(reader, file, 1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CsvParts.of(DOUBLES, file, 0.5, 5)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void meansOfLargeNumbersDoNotOverflow() throws IOException {
        Csv reader = DOUBLES.targets("y").missing(Missing.mean());
        assertThat(features(reader, "a,y\n1e308,0\n1.5e308,0\n,0\n")[2]).isEqualTo(1.25e308);
    }

    @Test
    void answersAreNotMadeUp() throws IOException {
        String text = "a,y\n1,\n2,5\n";
        for (Missing rule : new Missing[] {Missing.refuse(), Missing.mean(), Missing.constant(0)}) {
            CsvTexts.assertMalformed(
                    DOUBLES.targets("y").missing(rule), text, "line 2, column 'y' (index 1)", "dropRow");
            CsvTexts.assertMalformed(Csv.reader().labels("y").missing(rule), text, "line 2", "a label");
            CsvTexts.assertMalformed(Csv.reader().classNames("y").missing(rule), text, "line 2", "the name of a class");
        }
        assertThat(targets(CsvTexts.parse(DOUBLES.targets("y").missing(Missing.dropRow()), text)))
                .containsExactly(5);
        assertThat(targets(CsvTexts.parse(Csv.reader().classNames("y").missing(Missing.dropRow()), text)))
                .containsExactly(0);
        CsvTexts.assertMalformed(
                DOUBLES.targets("y").missing(Missing.dropRow()), "a,y\n1,\n", "all 1 rows have missing cells");
    }

    @Test
    void aMissingCategoryHasNoMean() throws IOException {
        Csv reader = DOUBLES.targets("y").categories("c");
        String text = "c,y\n,0\nred,1\n";
        for (Missing rule : new Missing[] {Missing.refuse(), Missing.mean(), Missing.constant(0)}) {
            CsvTexts.assertMalformed(
                    reader.missing(rule), text, "line 2, column 'c' (index 0)", "the name of a category");
        }
        assertThat(features(reader.missing(Missing.dropRow()), text)).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void constantsAreFinite(double value) {
        assertThatThrownBy(() -> Missing.constant(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void constantsFitTheDtype() {
        assertThatThrownBy(() -> CsvTexts.parse(Csv.reader().targets("y").missing(Missing.constant(1e300)), GAPS))
                .isInstanceOf(MalformedFileException.class);
        assertThatThrownBy(() -> CsvTexts.parse(
                        Csv.reader().targets("y").missingCells("NA").missing(Missing.constant(1e300)), GAPS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large for FLOAT32");
    }
}
