"""Mistakes that are planted in running modules, and the score of tests that have to notice them."""
