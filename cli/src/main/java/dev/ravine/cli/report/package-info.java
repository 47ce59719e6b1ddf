/**
 * The results of a command as a page: a {@link dev.ravine.cli.report.Report} holds sections of charts, tables and
 * pictures, and {@link dev.ravine.cli.report.ReportWriter} turns it into HTML, CSV and JSON files. A report knows
 * nothing about optimizers. This package may use {@code core} and {@code core.io} only; every other package of the
 * command may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.report;
