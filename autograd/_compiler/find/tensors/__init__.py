"""From a recorded graph of Tensors, read as the scalars that they hold, to an array program."""
