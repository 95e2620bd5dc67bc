"""The run-rate model."""
