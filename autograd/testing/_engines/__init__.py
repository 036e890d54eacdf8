"""Adapters of engines, and a student's engine with mistakes to plant in it."""
