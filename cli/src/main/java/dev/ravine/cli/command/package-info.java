/** The {@code ravine} command: {@link dev.ravine.cli.command.Ravine} and what it compares and studies. */
package dev.ravine.cli.command;
