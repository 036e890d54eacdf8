"""Plain numbers and arrays on their way into a node."""
