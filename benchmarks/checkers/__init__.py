"""Checkers of derivatives beside one another: ``python -m benchmarks checkers``.

Each checker is given functions with their derivatives, right ones and wrong ones, and says which is which.
The tables count its errors. A checker is a contender like those of the workloads; it runs in the
environment of its library, in a process that may crash or hang without ending the others.
"""
