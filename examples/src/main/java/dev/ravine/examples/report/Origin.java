package dev.ravine.examples.report;

import java.time.Instant;
import java.util.Map;

/**
 * How a report can be made again.
 *
 * @param command the exact command line
 * @param time when it ended
 * @param facts versions and machine, by what they are of
 */
public record Origin(String command, Instant time, Map<String, String> facts) {}
