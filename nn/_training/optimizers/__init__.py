"""Optimizers: how parameters move by their gradients."""
