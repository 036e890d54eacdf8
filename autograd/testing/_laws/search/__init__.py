"""The search for a program that breaks a law."""
