"""From a recorded scalar graph to a program for arrays: see `autograd.compile`."""
