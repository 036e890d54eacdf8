"""The two types of node, and all that keeps a node a good object of Python: copies, pickles, subclasses."""
