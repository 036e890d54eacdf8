"""The table's functions of numbers in other languages, translated from their Python source."""
