"""What the plots share: palettes, tiles, words, checks."""
