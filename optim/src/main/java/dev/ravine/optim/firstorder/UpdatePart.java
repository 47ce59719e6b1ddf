package dev.ravine.optim.firstorder;

import dev.ravine.optim.objective.Span;
import java.util.List;

/**
 * The update of some parameters.
 *
 * @param rule of this step
 * @param frame what happens around it
 * @param spans what may change
 */
record UpdatePart(UpdateRule rule, UpdateFrame frame, List<Span> spans) {}
