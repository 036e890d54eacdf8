"""Programs as users call them."""
