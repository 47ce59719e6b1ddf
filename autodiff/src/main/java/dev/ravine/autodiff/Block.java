package dev.ravine.autodiff;

/**
 * Where an operation puts its only operand in a result that is zero elsewhere.
 *
 * @param axis the axis along which the result is longer than the operand
 * @param from the index of the operand's first element along that axis
 */
public record Block(int axis, long from) {}
