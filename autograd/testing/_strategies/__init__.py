"""Strategies for Hypothesis: numbers, points, arrays, nodes and programs."""
