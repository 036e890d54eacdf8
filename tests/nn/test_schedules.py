"""Learning-rate schedules: their formulas at the steps that matter, and an optimizer that follows one."""

import math
import pickle

import pytest

import nn
from autograd import Value


def test_step_decay_falls_after_each_so_many_steps():
    rate = nn.step_decay(0.8, 0.5, every=3)
    assert [rate(step) for step in range(7)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]


def test_exponential_decay_goes_through_the_same_points_without_jumps():
    smooth, jumping = nn.exponential_decay(0.8, 0.5, every=4), nn.step_decay(0.8, 0.5, every=4)
    for step in (0, 4, 8):
        assert smooth(step) == pytest.approx(jumping(step), rel=1e-15)
    assert smooth(2) == pytest.approx(0.8 / math.sqrt(2), rel=1e-15)


def test_cosine_decay_starts_and_ends_level_and_stays_at_the_end():
    rate = nn.cosine_decay(1.0, steps=100, end=0.2)
    assert (rate(0), rate(50)) == (1.0, pytest.approx(0.6))
    assert rate(100) == rate(1000) == pytest.approx(0.2)
    assert rate(0) - rate(1) < rate(50) - rate(51) > rate(99) - rate(100) > 0


def test_warmup_rises_to_the_rate_or_schedule():
    assert [nn.warmup(1.0, steps=4)(step) for step in range(6)] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    then = nn.step_decay(1.0, 0.5, every=5)
    assert [nn.warmup(then, steps=2)(step) for step in (0, 1, 4, 5)] == [0.5, 1.0, 1.0, 0.5]


def test_an_optimizer_follows_its_schedule_step_by_step():
    x = Value(0.0)
    sgd = nn.SGD([x], lr=nn.step_decay(1.0, 0.5, every=2))
    places = []
    for _ in range(5):
        assert sgd.lr == 0.5 ** (sgd.steps // 2)
        x.grad = -1.0
        sgd.step()
        places.append(x.data)
    assert places == [1.0, 2.0, 2.5, 3.0, 3.25]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.step_decay(0.0, 0.5, every=3), r"start is a number above 0, not 0\.0"),
        (lambda: nn.step_decay(1.0, 0.5, every=0), "every is a whole number from 1, not 0"),
        (lambda: nn.exponential_decay(1.0, -0.5, every=1), "factor is a number above 0"),
        (lambda: nn.cosine_decay(1.0, steps=True), "steps is a whole number from 1, not True"),
        (lambda: nn.cosine_decay(1.0, steps=10, end=-1.0), r"end is a number from 0 up, not -1\.0"),
        (lambda: nn.warmup(1.0, steps=math.nan), "steps is a whole number from 1, not nan"),
    ],
)
def test_numbers_out_of_range_are_refused_at_once(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_schedule_that_gives_no_rate_is_told_with_its_step():
    x = Value(1.0)
    sgd = nn.SGD([x], lr=lambda steps: -1.0)
    x.grad = 1.0
    with pytest.raises(ValueError, match=r"learning rate of step 0 is -1\.0"):
        sgd.step()
    assert x.data == 1.0


@pytest.mark.parametrize(
    "schedule",
    [
        nn.step_decay(0.8, 0.5, every=3),
        nn.exponential_decay(0.8, 0.5, every=3),
        nn.cosine_decay(0.8, steps=5, end=0.1),
        nn.warmup(nn.step_decay(0.8, 0.5, every=3), steps=4),
        nn.warmup(0.8, steps=4),
    ],
)
def test_schedules_go_to_other_processes(schedule):
    copied = pickle.loads(pickle.dumps(schedule))
    assert [copied(step) for step in range(7)] == [schedule(step) for step in range(7)]
