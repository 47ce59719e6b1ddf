package dev.ravine.autodiff;

import java.io.Serial;

/** An operation breaks the {@link DerivativeContract}. The message names the check, the element, expected and found. */
public class ContractViolation extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes a violation.
     *
     * @param message the check, the element, and the expected and found values
     */
    public ContractViolation(String message) {
        super(message);
    }
}
