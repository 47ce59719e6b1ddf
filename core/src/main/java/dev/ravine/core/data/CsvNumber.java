package dev.ravine.core.data;

/**
 * The numbers of CSV files: a sign, digits with at most one decimal sign among them, and an exponent. Everything but
 * the digits of the mantissa may be absent. Java's own parser also reads hexadecimal numbers, suffixes of types, NaN
 * and Infinity, which no table means.
 */
final class CsvNumber {
    private CsvNumber() {}

    /** The value, which may be infinite if it is too large; NaN if the cell is not a number. */
    static double parse(String cell, char decimalSign) {
        String text = strip(cell);
        return isNumber(text, decimalSign) ? Double.parseDouble(text.replace(decimalSign, '.')) : Double.NaN;
    }

    /** An integer from 0 and below 2^31 - 1 in digits alone; -1 if the cell is something else. */
    static int label(String cell) {
        String text = strip(cell);
        if (text.isEmpty() || digits(text, 0) < text.length()) {
            return -1;
        }
        try {
            int label = Integer.parseInt(text);
            return label == Integer.MAX_VALUE ? -1 : label;
        } catch (NumberFormatException e) {
            return -1; // beyond 2^31
        }
    }

    /** Quotes keep spaces, but nobody means them in a number. */
    private static String strip(String cell) {
        int from = 0;
        int to = cell.length();
        while (from < to && cell.charAt(from) == ' ') {
            from++;
        }
        while (to > from && cell.charAt(to - 1) == ' ') {
            to--;
        }
        return cell.substring(from, to);
    }

    private static boolean isNumber(String text, char decimalSign) {
        int start = sign(text, 0);
        int at = digits(text, start);
        int mantissa = at - start;
        if (at < text.length() && text.charAt(at) == decimalSign) {
            int end = digits(text, at + 1);
            mantissa += end - at - 1;
            at = end;
        }
        if (mantissa == 0) {
            return false;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            int exponent = sign(text, at + 1);
            at = digits(text, exponent);
            if (at == exponent) {
                return false;
            }
        }
        return at == text.length();
    }

    private static int sign(String text, int at) {
        return at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-') ? at + 1 : at;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }
}
