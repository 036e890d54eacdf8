"""Neutral pictures: what is to be seen, with stable ids, and nothing of how it is drawn."""
