/**
 * What a command found, as a page: a {@link dev.ravine.cli.report.Report} holds sections of charts, tables and pictures,
 * and knows nothing of how they are drawn.
 */
package dev.ravine.cli.report;
