"""From a recorded graph of scalars to an array program."""
