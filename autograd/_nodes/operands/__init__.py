"""Plain numbers and arrays as operands of nodes."""
