"""Costs to descend, accuracy and metrics to report."""
