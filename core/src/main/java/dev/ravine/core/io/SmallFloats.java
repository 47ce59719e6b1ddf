package dev.ravine.core.io;

/**
 * Floats of 16 bits: IEEE 754's binary16 (5 bits of exponent, 10 of mantissa), and bfloat16 (8 and 7), which is the
 * upper half of a single-precision number. Widening is exact. Narrowing rounds once, to the nearest number and to even
 * mantissas at ties.
 */
final class SmallFloats {
    private SmallFloats() {}

    static float fromHalf(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | (wide << 23) | (mantissa << 13));
    }

    static float fromBrain(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toHalf(double value) {
        return narrowed(value, 5, 10);
    }

    static short toBrain(double value) {
        return narrowed(value, 8, 7);
    }

    private static short narrowed(double value, int exponentBits, int mantissaBits) {
        long raw = Double.doubleToRawLongBits(value);
        int sign = raw < 0 ? 0x8000 : 0;
        int infinity = ((1 << exponentBits) - 1) << mantissaBits;
        if (Double.isNaN(value)) {
            int payload = (int) ((raw & 0xfffffffffffffL) >> (52 - mantissaBits));
            return (short) (sign | infinity | (payload == 0 ? 1 << (mantissaBits - 1) : payload));
        }
        if (Double.isInfinite(value)) {
            return (short) (sign | infinity);
        }
        int bias = (1 << (exponentBits - 1)) - 1;
        int exponent = Math.max(Math.getExponent(value), 1 - bias);
        // In units of the last place, exactly; a carry or a subnormal number moves the exponent by itself.
        long units = (long) Math.rint(Math.scalb(Math.abs(value), mantissaBits - exponent));
        long bits = ((long) (exponent + bias) << mantissaBits) + units - (1 << mantissaBits);
        return (short) (sign | (int) Math.min(bits, infinity));
    }
}
