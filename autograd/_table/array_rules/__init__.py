"""Rows that only arrays have, each with its transposes."""
