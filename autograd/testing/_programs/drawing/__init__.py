"""How a program is drawn: grown from choices."""
