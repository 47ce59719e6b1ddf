/**
 * The command line: {@link dev.ravine.cli.command.Ravine} and its subcommands read options, call the other packages of
 * the command, and write a report. {@link dev.ravine.cli.command.Interruption} turns Ctrl-C into a flag that running
 * work asks for. This package may use the library and all packages of the command; no other package uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.cli.command;
