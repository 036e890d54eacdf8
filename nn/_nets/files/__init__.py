"""Nets in files."""
