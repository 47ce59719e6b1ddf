package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TurnsTest {
    /** Steps of three runs, which last 1, 1 and 5 units, in turns of 2 units, up to 10 units each. */
    @Test
    @Timeout(20)
    void whoTrainedLeastIsNext() throws InterruptedException {
        double[] lengths = {1, 1, 5};
        Turns turns = new Turns(3, 2);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int run = 2; run >= 0; run--) {
            int place = run;
            Thread thread = new Thread(() -> {
                turns.enter(place);
                for (double trained = lengths[place]; trained <= 10; trained += lengths[place]) {
                    order.add(place);
                    turns.stepped(place, trained);
                }
                turns.leave(place);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // By hand: 2 units of the first, of the second, a long step of the third, then the first two catch up with it.
        assertThat(order.stream().map(String::valueOf).collect(Collectors.joining()))
                .isEqualTo("00" + "11" + "2" + "00" + "11" + "00" + "11" + "2" + "00" + "11" + "00" + "11");
    }
}
