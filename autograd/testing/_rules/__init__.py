"""Everything about one primitive, checked."""
