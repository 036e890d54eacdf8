"""Each promise of the kit is proved by a test that exists."""

import ast
from pathlib import Path

import pytest

from benchmarks.checkers import cli
from benchmarks.checkers.promises import PROMISES, SOURCES, Promise, promises

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("promise", [p for p in PROMISES if p.proof], ids=lambda promise: promise.text)
def test_the_test_that_a_promise_names_exists(promise: Promise) -> None:
    file, _, name = promise.proof.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_a_promise_is_compared_with_every_checker_and_made_once() -> None:
    assert all(len(promise.theirs) == len(SOURCES) for promise in PROMISES)
    assert len({promise.text for promise in PROMISES}) == len(PROMISES)


def test_a_promise_without_a_proof_says_so_and_a_proof_is_a_link() -> None:
    lines = dict(zip((p.text for p in PROMISES), promises().splitlines()[2:], strict=True))
    for promise in PROMISES:
        claims = promise.ours != "no"
        assert ("(no test is named yet)" in lines[promise.text]) == (claims and not promise.proof)
        assert (f"(../{promise.proof.partition('::')[0]} " in lines[promise.text]) == bool(promise.proof)


def test_the_table_alone_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--promises"]) == 0
    assert capsys.readouterr() == (promises() + "\n", "")
