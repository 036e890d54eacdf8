"""Loops for a language without vectors, or for one example: a tile of one lane."""
