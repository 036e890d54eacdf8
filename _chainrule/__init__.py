"""Entry points of the distribution: small modules that Hypothesis and pytest import for everybody who has it
installed, and that therefore import neither the engine nor NumPy until a test uses them."""
