package dev.ravine.examples;

import dev.ravine.core.data.Characters;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TextFile;
import dev.ravine.core.data.TrainTest;
import dev.ravine.core.data.Vocabulary;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * 9,395 names of people and places that come with the examples, from SCOWL's word lists (see ORIGIN.md and LICENSE.txt
 * beside the file), in small letters.
 */
public final class Names {
    /** Of an example: the longest name and an end of line. */
    public static final int STEPS = 11;

    private static final String FILE = "names/names.txt";
    private static final int EVERY = 10;

    private Names() {}

    /** {@return the end of a line, which is token 0, and the letters a to z} */
    public static Vocabulary vocabulary() {
        return Vocabulary.of("\nabcdefghijklmnopqrstuvwxyz");
    }

    /**
     * Reads the names as characters, each with the next one as the target. Every tenth name is for the test.
     *
     * @return INT64 tokens [names, {@value #STEPS}] as features and as targets
     * @throws IOException if the resource is missing or corrupt
     */
    public static TrainTest load() throws IOException {
        List<String> all = list();
        return new TrainTest(part(all, false), part(all, true));
    }

    private static DataSet part(List<String> all, boolean isTest) {
        List<String> names = IntStream.range(0, all.size())
                .filter(i -> isTest == (i % EVERY == EVERY - 1))
                .mapToObj(all::get)
                .toList();
        return Characters.lines(vocabulary(), names, STEPS);
    }

    /**
     * {@return all names, sorted}
     *
     * @throws IOException if the resource is missing or corrupt
     */
    public static List<String> list() throws IOException {
        try (InputStream in = Names.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new FileNotFoundException(FILE + " is missing among the resources of the examples");
            }
            return TextFile.decode(in.readAllBytes(), FILE)
                    .toLowerCase(Locale.ROOT)
                    .lines()
                    .toList();
        }
    }
}
