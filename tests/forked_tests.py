"""Tests under planted mistakes: a process that has collected them forks a child for each mistake.

Imports and the collection of tests take longer than most of these tests, so both are done once. The process
reads requests as lines of JSON and answers each with a line.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograd.testing import Mutant
from autograd.testing._mutants.children import call_in_child
from autograd.testing._mutants.running.imports import Imports
from autograd.testing._mutants.running.planting import functions_and_caches
from autograd.testing._mutants.score import Trial, try_mutant

ROOT = Path(__file__).parents[1]
TIMEOUT = 300.0  # seconds: a mistake may make a test run for ever

OPTIONS = [
    "-x", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=unshrunk",
    "--assert=plain",  # rewriting for a distribution with a plugin takes its modules from the usual loader
    "--tb=native",  # pytest's own traceback takes longer than most of the tests
]  # fmt: skip


class Requests:
    """A plugin that answers requests in place of running the tests that were collected."""

    def __init__(self, answers):
        self.answers = answers

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        if self.answers is None:
            return None
        objects = functions_and_caches()
        for line in sys.stdin:
            parts, target = json.loads(line)
            mutant = Mutant(*parts)
            trial = try_mutant(mutant, lambda t=target: passes(session, t), TIMEOUT, objects)
            if not trial.is_killed:  # by a running module: what the import alone computes is as it was
                ending = call_in_child(lambda m=mutant, t=target: passes_when_imported(m, t), TIMEOUT)
                trial = Trial(mutant, "survived" if ending.answer else "killed", 0.0, "False", ending.output)
            print(json.dumps([trial.verdict, trial.reason, trial.output]), file=self.answers, flush=True)
        return True

    def pytest_runtest_logreport(self, report):
        if report.failed:
            print(f"{report.nodeid} failed in its {report.when}:\n{report.longreprtext}")


def passes(session, target):
    """Whether the tests of a file or of a name in it pass; it ends with the first that does not."""
    ids = re.compile(re.escape(f"tests/{target}") + r"($|\[|::)")
    items = [item for item in session.items if ids.match(item.nodeid)]
    if not items:
        raise LookupError(f"no test is called {target}")
    for item, following in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


def passes_when_imported(mutant, target):
    """Whether tests pass when everything is imported anew, with the mistake in the source."""
    file, source = mutant.file, mutant.source()
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(ROOT)):
            del sys.modules[name]
    Imports(file, source).start()
    return pytest.main([*OPTIONS, f"tests/{target}"], [Requests(None)]) == pytest.ExitCode.OK


def serve(files):
    """Answer requests for the tests of some files until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    pytest.main([*OPTIONS, *(f"tests/{file}" for file in files)], [Requests(answers)])


@contextlib.contextmanager
def forked_tests(files):
    """A function that asks that process for the verdict on a mutant by tests of one of some files.

    It takes the mutant's attributes and the tests, and gives the verdict, the reason, and the tests' output.
    """
    command = [sys.executable, __file__, *sorted(files)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=errors, **pipes) as process,
    ):

        def ask(mutant, target):
            process.stdin.write(json.dumps([mutant, target]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                errors.seek(0)
                raise RuntimeError(f"the process of the tests has ended: {errors.read()[-4000:]}")
            return json.loads(answer)

        yield ask
        process.kill()  # it would only take its memory apart


if __name__ == "__main__":
    serve(sys.argv[1:])
