/**
 * What a command found, as a page: a {@link dev.ravine.examples.report.Report} holds sections of charts, tables and pictures,
 * and knows nothing of how they are drawn.
 */
package dev.ravine.examples.report;
