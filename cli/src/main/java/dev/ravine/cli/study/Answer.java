package dev.ravine.cli.study;

import dev.ravine.cli.report.Report;

/**
 * What an analysis found.
 *
 * @param verdict in a sentence
 * @param section with its figures and tables
 */
public record Finding(String verdict, Report.Section section) {}
