"""Programs as plain data."""
