"""Forward operations in JavaScript, translated from the table."""
