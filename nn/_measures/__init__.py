"""How good outputs are: costs to learn by, measures to report."""
