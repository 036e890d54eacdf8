"""This project beside its peers, in one run: ``python -m benchmarks`` from the repository root.

A workload is a file in `benchmarks.workloads`: what is computed, by whom, what is measured and what
is aimed at. Each contender runs in a process of its own, and the peers in an environment of their
own, since one of them (HIPS autograd) is imported by the name of this project's engine.
"""
