/**
 * Nets in words, such as {@code conv:32,5 pool dense:100}: how they are chosen, read and built. Problems and studies use
 * this room.
 */
package dev.ravine.cli.net;
