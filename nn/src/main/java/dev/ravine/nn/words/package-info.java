/**
 * Nets in words, such as {@code conv:32,5 pool dense:100}: how they are read and built. Saved models keep such words
 * beside their weights, so that another program can make the same net.
 *
 * @since 0.1.0
 */
package dev.ravine.nn.words;
