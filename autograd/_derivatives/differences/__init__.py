"""Difference quotients that know their own error, and whether a derivative agrees with them."""
