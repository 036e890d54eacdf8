"""The record: nodes and their operations, the states of a context, and conversions to plain numbers."""
