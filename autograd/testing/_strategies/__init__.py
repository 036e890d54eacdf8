"""Strategies of Hypothesis for numbers, points, arrays, nodes and programs."""
