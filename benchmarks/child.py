"""One contender in a process of its own: a script, run by the interpreter that has its library.

It prints one line of JSON: for each case the gradients for ``check``, the measures for ``time``; and a line
for each verdict for ``judge``. Only this project's own contenders have the repository on their path: for a
peer, ``import autograd`` must find the peer's.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def _load_benchmarks() -> None:
    package = ROOT / "benchmarks"
    spec = importlib.util.spec_from_file_location(
        "benchmarks", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmarks"] = module
    spec.loader.exec_module(module)


def _put_on_path(contender: Any) -> None:
    if contender.peer is None:
        sys.path.insert(0, str(ROOT))


def _run(action: str, workload_name: str, cases: list[int], contender_name: str, quick: bool) -> list[Any]:
    workload: Any = importlib.import_module(f"benchmarks.workloads.{workload_name}").WORKLOAD
    contender = workload.contenders[contender_name]
    _put_on_path(contender)
    results: list[Any] = []

    def work() -> None:
        for case in cases:
            subject = contender.make()
            if action == "check":
                results.append(workload.check(subject, case))
            else:
                repeats = contender.repeats or workload.repeats[case]
                results.append(workload.time(subject, case, max(1, repeats // 3) if quick else repeats))
            subject = None  # of some libraries a process can hold one record only
            gc.collect()

    if contender.recursive:
        sys.setrecursionlimit(10_000_000)
        threading.stack_size(512 * 1024 * 1024)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    else:
        work()
    return results


def _judge(contender_name: str, kinds: str, first: str) -> None:
    output, sys.stdout = sys.stdout, sys.stderr  # a library may print; the lines of the output are verdicts
    contender: Any = importlib.import_module("benchmarks.checkers.contenders").CONTENDERS[contender_name]
    answering: Any = importlib.import_module("benchmarks.checkers.answering")
    _put_on_path(contender)
    answering.answer(contender.make(), kinds.split(","), int(first), output)


if __name__ == "__main__":
    _load_benchmarks()
    action, *arguments = sys.argv[1:]
    if action == "judge":
        _judge(*arguments)
    else:
        workload, cases, contender, quick = arguments
        numbers = _run(action, workload, list(map(int, cases.split(","))), contender, quick == "quick")
        print(json.dumps(numbers))
