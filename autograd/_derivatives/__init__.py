"""Sweeps over a recorded graph, the transforms built on them, and their check against differences."""
