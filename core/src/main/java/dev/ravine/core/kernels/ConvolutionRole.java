package dev.ravine.core.kernels;

/** Which of the three tensors of a convolution is computed from the other two. */
public enum ConvolutionRole {
    /** The outputs, from images and weights. */
    OUTPUTS,
    /** The images, from outputs and weights. */
    IMAGES,
    /** The weights, from images and outputs. */
    WEIGHTS
}
