/**
 * The results of a command as a page: a {@link dev.ravine.cli.report.Report} holds sections of charts, tables and
 * pictures, without knowing how they are drawn. {@link dev.ravine.cli.report.ReportWriter} turns it into a page, CSV
 * and JSON files.
 *
 * <p>This package uses files and versions from {@code core} only; every other package of the command may use it.
 */
package dev.ravine.cli.report;
