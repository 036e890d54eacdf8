"""From a recorded graph to mathematics: formulas, derivatives, the chain rule."""
