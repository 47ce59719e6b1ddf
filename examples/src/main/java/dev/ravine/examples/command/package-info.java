/** The {@code ravine} command: {@link dev.ravine.examples.command.Ravine} and what it compares and studies. */
package dev.ravine.examples.command;
