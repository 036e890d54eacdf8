"""The steps of `fit`: on nodes, or by a program."""
