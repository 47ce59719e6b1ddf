/**
 * Nets as files in the format ONNX, which other programs run: {@link dev.ravine.nn.onnx.OnnxModel}.
 *
 * <p>This package may use {@link dev.ravine.nn}, {@code nn.layers} and the modules below; {@code nn.model} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.nn.onnx;
