package dev.ravine.autodiff;

import java.io.Serial;

/** An operation breaks the {@link DerivativeContract}. The message names the check, the element, expected and found. */
public class ContractViolation extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A violation.
     *
     * @param message the check, the element, what was expected and what was found
     */
    public ContractViolation(String message) {
        super(message);
    }
}
