"""Shared by the plots: palettes, tiles, words, checks."""
