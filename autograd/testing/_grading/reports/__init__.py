"""Grades as text, tables and files."""
