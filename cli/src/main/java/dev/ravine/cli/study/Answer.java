package dev.ravine.cli.study;

import dev.ravine.cli.report.Report;

/**
 * The outcome of an analysis.
 *
 * @param verdict in one sentence
 * @param section with charts, tables and the text that explains them
 */
public record Answer(String verdict, Report.Section section) {}
