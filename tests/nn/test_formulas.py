"""Epochs in C: the steps that the optimizers take by hand, and the state before a step that fails."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, compile, log, tanh
from autograd._compiler.loops.functions.tree import Untranslatable
from autograd._compiler.loops.native import training
from autograd._compiler.loops.native.updates import Update, update_code

pytestmark = pytest.mark.usefixtures("own_libraries")


OPTIMIZERS = {
    "descent": nn.SGD,
    "momentum": lambda params, lr: nn.SGD(params, lr, momentum=0.9),
    "Adam": nn.Adam,
    "AdamW": lambda params, lr: nn.AdamW(params, lr, weight_decay=0.1, clip_norm=0.3),
    "RMSprop": lambda params, lr: nn.RMSprop(params, lr, momentum=0.9, clip_value=0.2),
}
N, BATCH = 23, 5
RNG = np.random.default_rng(0)
ORDER = RNG.permutation(N)
RATES = 0.1 / np.arange(1, 6)


def program(dtype):
    """Of examples with x above 0."""
    w, b, x, y = (Value(0.5, label=name) for name in ("w", "b", "x", "y"))
    difference = tanh(w * x + b) - y
    return compile([difference * difference + log(x) * w, w * x], [x, y], [w, b], dtype=dtype)


def examples():
    return RNG.uniform(0.5, 2, (N, 1)), RNG.standard_normal((N, 1))


def trainer(of, optimizer):
    try:
        return training.Trainer(of._array_program, of.dtype, optimizer._update, (1, 1))
    except ImportError as error:
        pytest.skip(str(error))


class Run:
    """The arrays of a run."""

    def __init__(self, dtype, states, X, Y):
        self.data = [np.ascontiguousarray(A, dtype) for A in (X, Y)]
        self.theta, self.state = np.array([0.4, -0.3], dtype), np.zeros((states, 2), dtype)
        self.costs, self.gradient = np.full(5, np.nan, dtype), np.empty(2, dtype)
        self.outputs = np.full((N, 2), np.nan, dtype)

    def steps(self, trainer, count=5, t=1):
        first = (t - 1) * BATCH
        order = ORDER[first : first + count * BATCH]
        return trainer.run(
            self.theta, self.state, self.data, order, BATCH, RATES[t - 1 :], t,
            self.costs[t - 1 :], self.gradient, self.outputs[first:],
        )  # fmt: skip


def by_hand(program, make, run, count):
    """The parameters after some steps of the optimizer itself, with the costs and outputs."""
    theta, (X, Y) = Tensor(run.theta), run.data
    optimizer = make([theta], lambda step: RATES[step])
    costs, outputs = [], []
    for step in range(count):
        rows = ORDER[step * BATCH : (step + 1) * BATCH]
        value, theta.grad, results = program.value_grad_and_outputs(
            theta.data, np.concatenate([X[rows], Y[rows]], axis=1)
        )
        optimizer.step()
        costs.append(value)
        outputs.append(results)
    return theta, costs, np.concatenate(outputs)


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [*((kind, "float64") for kind in OPTIMIZERS), ("AdamW", "float32"), ("RMSprop", "float32")],
)
def test_an_epoch_in_c_takes_the_steps_of_the_optimizer(kind, dtype):
    of, make = program(dtype), OPTIMIZERS[kind]
    update = make([Value(1.0)], 0.1)._update
    run = Run(dtype, len(update.state), *examples())
    theta, costs, outputs = by_hand(of, make, run, 5)
    native = trainer(of, make([Value(1.0)], 0.1))
    assert run.steps(native, 2) == 2
    assert run.steps(native, 3, t=3) == 3  # the last of three examples
    eps = 20 * np.finfo(dtype).eps
    np.testing.assert_allclose(run.theta, theta.data, rtol=eps)
    np.testing.assert_allclose(run.gradient, theta.grad, rtol=eps, atol=eps)
    np.testing.assert_allclose(run.costs, costs, rtol=eps)
    np.testing.assert_allclose(run.outputs, outputs, rtol=eps, atol=eps)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("harm", [-1.0, np.nan, np.inf, 1e308])
def test_before_a_step_that_fails_everything_is_as_after_the_one_before(kind, harm):
    of, make = program("float64"), OPTIMIZERS[kind]
    native = trainer(of, make([Value(1.0)], 0.1))
    states = len(make([Value(1.0)], 0.1)._update.state)
    X, Y = examples()
    sound, run = Run("float64", states, X, Y), Run("float64", states, X, Y)
    assert sound.steps(native, 3) == 3
    (run.data[0] if harm != 1e308 else run.data[1])[ORDER[3 * BATCH + 1]] = harm  # 1e308² overflows
    assert run.steps(native) == 3
    for name in ("theta", "state", "gradient"):
        np.testing.assert_array_equal(getattr(run, name), getattr(sound, name))
    np.testing.assert_array_equal(run.costs[:3], sound.costs[:3])
    np.testing.assert_array_equal(run.outputs[: 3 * BATCH], sound.outputs[: 3 * BATCH])
    assert run.steps(native, 1, t=4) == 0


def test_a_step_to_parameters_beyond_all_numbers_is_not_taken():
    of = program("float64")
    native = trainer(of, nn.SGD([Value(1.0)], 0.1))
    run = Run("float64", 0, np.full((N, 1), np.e**5), np.ones((N, 1)))  # the slope of log(x) * w is 5
    rates = np.array([0.1, 1e308, 1.0])
    arrays = run.costs, run.gradient, run.outputs
    assert native.run(run.theta, run.state, run.data, ORDER[:3], 1, rates, 1, *arrays) == 1
    assert run.theta[0] == pytest.approx(-0.1)


def test_ctrl_c_during_a_call_leaves_all_as_before(monkeypatch):
    of = program("float64")
    native = trainer(of, nn.SGD([Value(1.0)], 0.1, momentum=0.9))
    run = Run("float64", 1, *examples())
    perform = native._train

    def interrupted(*arguments):
        perform(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(native, "_train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.steps(native)
    np.testing.assert_array_equal(run.theta, [0.4, -0.3])
    assert not run.state.any()


def test_a_block_grows_to_what_takes_little_time():
    of = program("float64")
    native = trainer(of, nn.SGD([Value(1.0)], 0.1))
    first = native.block
    run = Run("float64", 0, *examples())
    run.steps(native)
    assert first > 10_000
    assert native.block > BATCH


def test_a_build_is_repaid_by_many_steps():
    of = program("float64")._array_program
    assert not training.repays(of, examples=3_000, steps=300)
    assert training.repays(of, examples=1_000_000, steps=100_000)


def loop(g, rate):
    for _ in range(2):
        g = g + 1
    return rate * g


def branch(g, rate):
    return rate * g if g > 0 else 0.0


def unknown(g, rate):
    return rate * abs(g) ** 1.5


def returns_nothing(g, rate):
    g = g + 1


@pytest.mark.parametrize("formula", [loop, branch, unknown, returns_nothing])
def test_a_formula_that_has_no_c_is_refused(formula):
    with pytest.raises(Untranslatable, match="in the formula of an update"):
        update_code(Update(formula, (), {}), "double")


def test_shared_numbers_are_computed_once_in_double():
    code = update_code(nn.Adam([Value(1.0)])._update, "float")
    assert "(real)(1.0 - pow(beta2, t))" in code
    assert "sqrtf(v / shared" in code
