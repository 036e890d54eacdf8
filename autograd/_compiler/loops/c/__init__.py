"""Programs in C99."""
