package dev.ravine.benchmarks;

import dev.ravine.core.NativeRuntime;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The other end of a {@link ChildSubject}: holds a subject in a process with an environment of its own and does as it
 * is told, line by line: {@code time QUANTITY COUNT} answers nanoseconds, {@code result QUANTITY} the numbers, {@code
 * memory ANY} by how much resident memory has grown at most since the libraries were loaded.
 */
final class Child {
    private Child() {}

    /**
     * Runs until the input ends.
     *
     * @param args kind of subject, name of the net, batch
     * @throws IOException if the parent is gone
     */
    public static void main(String[] args) throws IOException {
        // Libraries print to standard output; the answers must not mix with that.
        PrintStream answers = System.out;
        System.setOut(System.err);
        DataOutputStream out = new DataOutputStream(answers);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        NativeRuntime.load();
        long before = Machine.peakResidentMemory();
        try (Subject subject = Subject.open(args[0], Net.named(args[1]).withBatch(Integer.parseInt(args[2])))) {
            out.writeLong(subject.quantities().size());
            for (Quantity quantity : subject.quantities()) {
                out.writeUTF(quantity.name());
            }
            out.flush();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                Quantity quantity = Quantity.valueOf(words[1]);
                if (words[0].equals("time")) {
                    out.writeLong(Timing.nanoseconds(subject, quantity, Integer.parseInt(words[2])));
                } else if (words[0].equals("memory")) {
                    out.writeLong(Machine.peakResidentMemory() - before);
                } else {
                    float[] result = subject.result(quantity);
                    ByteBuffer bytes = ByteBuffer.allocate(result.length * Float.BYTES);
                    bytes.asFloatBuffer().put(result);
                    out.writeLong(result.length);
                    out.write(bytes.array());
                }
                out.flush();
            }
        }
    }
}
