"""Nets as columns of neurons: their activations, their worked signals, and errors that are sent back."""
