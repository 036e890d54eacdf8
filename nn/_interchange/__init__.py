"""Nets in other languages and libraries."""
