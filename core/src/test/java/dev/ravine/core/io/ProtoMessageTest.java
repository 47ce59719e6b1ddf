package dev.ravine.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes are those of the examples in Protocol Buffers' page on its encoding, and of hand-worked values. */
class ProtoMessageTest {
    private static String hex(ProtoMessage message) {
        return HexFormat.of().formatHex(message.toBytes());
    }

    @Test
    void fieldsHaveTheBytesOfTheDocumentation() {
        assertThat(hex(new ProtoMessage().integer(1, 150))).isEqualTo("089601");
        assertThat(hex(new ProtoMessage().text(2, "testing"))).isEqualTo("120774657374696e67");
        assertThat(hex(new ProtoMessage().message(3, new ProtoMessage().integer(1, 150))))
                .isEqualTo("1a03089601");
        assertThat(hex(new ProtoMessage().integer(1, -2))).isEqualTo("08feffffffffffffffff01");
    }

    @Test
    void numbersAreLittleEndian() {
        assertThat(hex(new ProtoMessage().number(2, 1f))).isEqualTo("150000803f");
        assertThat(hex(new ProtoMessage().number(1, 1.0))).isEqualTo("09000000000000f03f");
        assertThat(hex(new ProtoMessage().integer(16, 0).bytes(1, new byte[] {-1})))
                .isEqualTo("8001000a01ff");
    }

    @Test
    void aNumberOfAFieldIsPositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProtoMessage().integer(0, 1))
                .withMessageContaining("from 1 to 536870911, found 0");
    }
}
