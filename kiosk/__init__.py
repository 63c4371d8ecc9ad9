"""The touchscreen application of a self-checkout lane."""
