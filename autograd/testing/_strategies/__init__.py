"""Strategies of Hypothesis for numbers, points, arrays and nodes."""
