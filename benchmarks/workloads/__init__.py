"""The workloads, one a file: each file's ``WORKLOAD`` is found by being here."""

from __future__ import annotations

import importlib
import pkgutil

from benchmarks.workload import Workload

__all__ = ["workloads"]


def workloads() -> dict[str, Workload]:
    """Every workload by name, in the order of its files' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").WORKLOAD for name in names}
