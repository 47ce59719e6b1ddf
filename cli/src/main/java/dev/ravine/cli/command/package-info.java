/**
 * The command line: {@link dev.ravine.cli.command.Ravine} and its subcommands, which read options, call the other packages of the
 * command, and write a report. {@link dev.ravine.cli.command.Interruption} turns Ctrl-C into a flag that the other packages
 * ask. No other package uses this one.
 */
package dev.ravine.cli.command;
