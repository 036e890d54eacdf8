"""Strategies for Hypothesis."""
