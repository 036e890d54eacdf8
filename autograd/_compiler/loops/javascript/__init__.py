"""Loops in JavaScript."""
