/**
 * Runs that last: {@link dev.ravine.cli.runs.RunFolders} gives each run of a command a dated folder and keeps a link to
 * the latest one and a page of all, and {@link dev.ravine.cli.runs.SavedRun} is one that was written before. This
 * package may use {@code core}, {@code core.io} and {@code cli.report}. Only {@code cli.command} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.runs;
