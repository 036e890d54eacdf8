"""Nets: arrays, parameters, modules, layers, and whole nets in files."""
