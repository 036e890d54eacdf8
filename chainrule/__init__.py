"""chainrule: the version and the command. The library is `autograd`, `nn` and `viz`.

>>> import chainrule
>>> chainrule.__version__.count(".")
2

Hypothesis and pytest import rooms of this package for everybody who has it installed: so it imports neither
the engine nor NumPy, until a command or a test uses them.
"""

__all__ = ["__version__"]

__version__ = "0.2.0"
