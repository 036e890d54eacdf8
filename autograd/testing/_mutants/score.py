"""The share of planted mistakes that tests notice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.testing._mutants.catalogue import mutants as own_mutants
from autograd.testing._mutants.children import CAN_FORK, call_in_child
from autograd.testing._mutants.mutant import Mutant, Mutants
from autograd.testing._mutants.running.planting import functions_and_caches

__all__ = ["MutationScore", "Trial", "mutation_score", "try_mutant"]

Run = Callable[[], object]

PATIENCE = 10.0  # times the seconds of the run without a mutant
LEAST = 5.0  # seconds
SHOWN = 3  # survivors in the `repr` of a score


@dataclass(frozen=True)
class Trial:
    """One mutant, and whether the run noticed it.

    Attributes:
        mutant: the mutant.
        verdict: ``killed``, ``survived``, ``timeout``, which counts as killed, or ``not planted``, which does
            not count.
        seconds: of the run.
        reason: the error that noticed it, or why it could not be planted.
        output: the end of what the run printed; empty where it ran in this process.
    """

    mutant: Mutant
    verdict: str
    seconds: float
    reason: str
    output: str = ""

    @property
    def is_killed(self) -> bool:
        return self.verdict in ("killed", "timeout")


@dataclass(frozen=True, repr=False)
class MutationScore:
    """The trials of `mutation_score`; printed, it is a table.

    Attributes:
        trials: one for each mutant, in order.
        seconds: of the run without a mutant.
    """

    trials: tuple[Trial, ...]
    seconds: float

    @property
    def killed(self) -> list[str]:
        """The names of the mutants that were noticed."""
        return [t.mutant.name for t in self.trials if t.is_killed]

    @property
    def survived(self) -> list[str]:
        """The names of the mutants that nothing noticed."""
        return [t.mutant.name for t in self.trials if t.verdict == "survived"]

    @property
    def score(self) -> float:
        """The share of killed mutants among those that were planted, from 0 to 1."""
        tried = len(self.killed) + len(self.survived)
        return len(self.killed) / tried if tried else float("nan")

    def __repr__(self) -> str:
        tried = len(self.killed) + len(self.survived)
        first, more = self.survived[:SHOWN], len(self.survived) - SHOWN
        names = "; survived: " + ", ".join([*first, *([f"and {more} more"] if more > 0 else [])])
        return f"<mutation score: killed {len(self.killed)} of {tried}{names if first else ''}>"

    def __str__(self) -> str:
        width = max([len(t.mutant.name) for t in self.trials] + [6])
        lines = [f"{'mutant':{width}}  {'verdict':11}  seconds  noticed by"]
        for t in self.trials:
            is_noticed = bool(t.reason) or t.is_killed
            reason = f"{t.reason:.100}" if is_noticed else f"nothing: {t.mutant.mistake or t.mutant.change}"
            lines.append(f"{t.mutant.name:{width}}  {t.verdict:11}  {t.seconds:7.2f}  {reason}".rstrip())
        tried = len(self.killed) + len(self.survived)
        share = f" ({100 * self.score:.0f} %)" if tried else ""
        lines.append(f"killed {len(self.killed)} of {tried}{share}; without a mutant {self.seconds:.2f} s")
        return "\n".join(lines)


def mutation_score(
    run: Run,
    mutants: Mutant | Iterable[Mutant] | Mapping[str, Mutant] = own_mutants,
    *,
    timeout: float | None = None,
) -> MutationScore:
    """How many mistakes a run of tests notices when they are planted one at a time.

    Each run is in a forked child, so that one that hangs or crashes, or leaves something behind, touches
    nothing; where Python cannot fork (Windows), it is in this process and has no limit of time. What the run
    prints is in the trials.

    Args:
        run: a function without arguments, such as ``lambda: pytest.main(["-x", "tests"])``. It notices a
            mistake by raising, by returning False, or by an exit status other than 0.
        mutants: of this engine, from `mutants_of`, or your own.
        timeout: seconds for one mutant; ten times what the run takes without one, and at least 5, by default.
            One that takes longer is noticed.

    Raises:
        ValueError: when the run fails without a mutant, and for a mutant whose text is not in its module.
        TypeError: for anything but a function and mutants.

    >>> from autograd import grad, sin
    >>> from autograd.testing import mutants
    >>> def tests():
    ...     assert grad(sin)(0.0) == 1.0
    >>> score = mutation_score(tests, [mutants["sin: minus cos"], mutants["cos: the minus is lost"]])
    >>> score.killed, score.survived, score.score
    (['sin: minus cos'], ['cos: the minus is lost'], 0.5)
    """
    if not callable(run):
        raise TypeError(
            f"mutation_score takes a function that runs tests, not {type(run).__name__} ({run!r:.80})"
        )
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout is in seconds and greater than 0, not {timeout!r}")
    chosen = _chosen(mutants)
    for mutant in chosen:
        mutant.source()
    right = _attempt(None, run, timeout or 3600.0)
    if right.verdict != "survived":
        raise ValueError(
            f"the run fails without a mutant, so it says nothing about one: {right.reason}"
            + (f"\n{right.output[-2000:]}" if right.output else "")
        )
    limit = timeout or max(LEAST, PATIENCE * right.seconds)
    objects = functions_and_caches()  # once: the children have the same
    trials = (try_mutant(mutant, run, limit, objects) for mutant in chosen)
    return MutationScore(tuple(trials), right.seconds)


def try_mutant(mutant: Mutant, run: Run, timeout: float, objects: Sequence[Any]) -> Trial:
    """Run with one mutant, planted among the functions and caches of `functions_and_caches`."""
    return _attempt(mutant, run, timeout, objects)


def _attempt(mutant: Mutant | None, run: Run, timeout: float, objects: Sequence[Any] = ()) -> Trial:
    def call() -> list[str]:
        if mutant is None:
            return _judge(run)
        try:
            mutant.plant(objects, for_good=CAN_FORK)
        except NotImplementedError as error:
            return ["not planted", str(error)]
        try:
            return _judge(run)
        finally:
            if not CAN_FORK:
                mutant.__exit__(None, None, None)

    subject: Any = mutant
    if not CAN_FORK:
        start = time.perf_counter()
        verdict, reason = call()
        return Trial(subject, verdict, time.perf_counter() - start, reason)
    ending = call_in_child(call, timeout)
    if ending.answer is None:
        verdict = "timeout" if ending.timed_out else "killed"
        return Trial(subject, verdict, ending.seconds, ending.problem, ending.output)
    verdict, reason = ending.answer
    return Trial(subject, verdict, ending.seconds, reason, ending.output)


def _judge(run: Run) -> list[str]:
    try:
        result: Any = run()
    except SystemExit as end:
        result = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        if not CAN_FORK:
            raise
        return ["killed", "KeyboardInterrupt"]
    except BaseException as error:  # as pytest's own Failed, which is no Exception
        text = str(error).strip().splitlines()
        return ["killed", f"{type(error).__name__}: {text[0]}" if text else type(error).__name__]
    if isinstance(result, int) and not isinstance(result, bool):
        return ["killed", f"exit status {int(result)}"] if result else ["survived", ""]
    is_false = type(result).__name__ in ("bool", "bool_") and not result
    return ["killed", "False"] if is_false else ["survived", ""]


def _chosen(mutants: Any) -> list[Mutant]:
    if isinstance(mutants, Mutant):
        return [mutants]
    chosen = [*(mutants.values() if isinstance(mutants, Mapping) else mutants)]
    for mutant in chosen:
        if not isinstance(mutant, Mutant):
            raise TypeError(
                "mutation_score takes mutants, such as mutants_of(module) or [Mutant(...)], "
                f"not {mutant!r:.80}"
            )
    if not chosen:
        raise ValueError("mutation_score needs one mutant or more")
    return [*Mutants(chosen).values()]
