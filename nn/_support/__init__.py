"""Below every floor: numbers, labels and seeds from users."""
