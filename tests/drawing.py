"""Examples that a strategy of Hypothesis draws, and the smallest that meets a condition."""

from random import Random

from hypothesis import Phase, find, given, seed, settings

PHASES = [Phase.generate, Phase.shrink]  # Phase.explain traces each line of Python: five times as long


def draws(strategy, start=0, count=100):
    """The examples of a run, always the same for the same start."""
    drawn = []

    @seed(start)
    @settings(max_examples=count, database=None)
    @given(strategy)
    def draw(example):
        drawn.append(example)

    draw()
    return drawn


def shrunk(strategy, condition=lambda example: True):
    """The example to which a failure shrinks."""
    return find(strategy, condition, settings=settings(database=None, phases=PHASES), random=Random(0))
