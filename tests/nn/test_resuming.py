"""A run that is broken off and goes on from its file is, to the bit, the run without a break."""

import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net_files import both_formats

import nn
from autograd import Tensor, Value
from autograd._compiler.loops.native import compilers
from nn._training import resuming
from nn._training.steps import native

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(17, 3)), np.eye(2)[RNG.integers(2, size=17)]
SCHEDULE = nn.warmup(nn.cosine_decay(0.05, steps=20), steps=5)
OPTIMIZERS = {
    "SGD": lambda p, lr=0.3: nn.SGD(p, lr),
    "momentum": lambda p, lr=0.3: nn.SGD(p, lr, momentum=0.9, clip_norm=0.5),
    "RMSprop": lambda p, lr=0.01: nn.RMSprop(p, lr, clip_value=0.1),
    "RMSprop with momentum": lambda p, lr=0.01: nn.RMSprop(p, lr, momentum=0.5),
    "Adam": lambda p, lr=0.01: nn.Adam(p, lr),
    "AdamW": lambda p, lr=0.01: nn.AdamW(p, lr, weight_decay=0.1),
}


@pytest.fixture(autouse=True)
def _written_after_every_epoch(monkeypatch):
    monkeypatch.setattr(resuming, "SHARE", np.inf)
    monkeypatch.setattr(os, "fsync", lambda handle: None)


class Dropout(nn.Module):
    """Of steps on nodes, random numbers of its own, and a buffer."""

    def __init__(self):
        self.rng, self.seen = np.random.default_rng(5), np.zeros(())

    def __call__(self, x):
        if not self.training:
            return x
        self.seen = self.seen + len(x)
        return x * (self.rng.random(x.shape) > 0.3)


def mlp(**settings):
    return nn.MLP([3, 4, 2], rng=0, **settings)


NETS = {
    "Tensors": mlp,
    "float32": lambda: mlp(dtype="float32"),
    "Values": lambda: mlp(node=Value),
    "nodes": lambda: nn.Sequential(nn.Layer(3, 4, rng=0), Dropout(), nn.Layer(4, 2, rng=1)),
}


def broken_off(after):
    """A callback that stands for Ctrl-C in the epoch after so many."""

    def interrupt(history):
        if len(history) > after:
            raise KeyboardInterrupt

    return interrupt


def run(make_net, make_optimizer, epochs, callbacks=(), **settings):
    net = make_net()
    optimizer = make_optimizer(net.parameters())
    settings = {"batch_size": 5, "rng": 0, "progress": False, **settings}
    history = nn.fit(net, X, Y, optimizer=optimizer, epochs=epochs, callbacks=callbacks, **settings)
    return net, optimizer, history


def bits(x):
    """Numbers of any structure, with their types, as bytes."""
    if isinstance(x, dict):
        return {key: bits(part) for key, part in x.items()}
    if isinstance(x, (list, tuple)):
        return [bits(part) for part in x]
    return (np.asarray(x).dtype.str, np.asarray(x).tobytes())


def same_run(a, b):
    (net, optimizer, history), (other, theirs, expected) = a, b
    assert bits(net.state_dict()) == bits(other.state_dict())
    assert optimizer.steps == theirs.steps
    assert bits(optimizer.state_dict()) == bits(theirs.state_dict())
    assert history.cost == expected.cost
    assert history.accuracy == expected.accuracy
    assert [epoch.number for epoch in history] == [epoch.number for epoch in expected]
    assert (history.stopped, history.restored) == (expected.stopped, expected.restored)


CASES = [
    ("Tensors", "Adam", None, "C", ".safetensors"),
    ("Tensors", "AdamW", SCHEDULE, "program", ".npz"),
    ("Tensors", "RMSprop with momentum", SCHEDULE, "program", ".npz"),
    ("float32", "Adam", SCHEDULE, "program", ".safetensors"),
    ("float32", "momentum", None, "C", ".npz"),
    ("Values", "AdamW", SCHEDULE, "program", ".npz"),
    ("Values", "momentum", SCHEDULE, "program", ".safetensors"),
    ("nodes", "RMSprop", SCHEDULE, "nodes", ".npz"),
    ("nodes", "Adam", None, "nodes", ".safetensors"),
]


@pytest.mark.parametrize(("net", "optimizer", "schedule", "road", "suffix"), CASES)
def test_a_run_that_goes_on_is_the_run_without_a_break(
    net, optimizer, schedule, road, suffix, tmp_path, own_libraries, monkeypatch
):
    if road == "C" and not any(compilers.commands()):
        pytest.skip("no C compiler")
    monkeypatch.setattr(native, "repays", lambda *_: road == "C")
    rate = {} if schedule is None else {"lr": schedule}

    def make(params):
        return OPTIMIZERS[optimizer](params, **rate)

    path = tmp_path / f"run{suffix}"
    expected = run(NETS[net], make, 5)
    assert (expected[2].eager is not None, expected[2].native) == (road == "nodes", road == "C")
    for epochs in (2, 3):
        broken = run(NETS[net], make, 5, [broken_off(epochs)], resume=path)
        assert broken[2].interrupted
    again = run(NETS[net], make, 5, resume=path)
    same_run(again, expected)
    same_run(run(NETS[net], make, 5, resume=path), expected)  # that is over
    if suffix == ".npz":  # and with more epochs
        same_run(run(NETS[net], make, 7, resume=path), run(NETS[net], make, 7))
    assert (again[2].eager is not None, again[2].native) == (road == "nodes", road == "C")


def test_a_run_of_values_in_a_program_of_float32_goes_on(tmp_path):
    path, make = tmp_path / "run.npz", OPTIMIZERS["Adam"]
    run(NETS["Values"], make, 4, [broken_off(2)], resume=path, dtype="float32")
    again = run(NETS["Values"], make, 4, resume=path, dtype="float32")
    same_run(again, run(NETS["Values"], make, 4, dtype="float32"))


def test_ctrl_c_in_the_middle_of_an_epoch_loses_that_epoch_alone(tmp_path):
    calls = []

    def schedule(step, ends=9):
        calls.append(step)
        if len(calls) > ends:
            raise KeyboardInterrupt
        return 0.3

    path = tmp_path / "run.npz"
    net, optimizer, history = run(mlp, lambda p: nn.SGD(p, schedule), 5, resume=path)
    assert (history.interrupted, len(history), optimizer.steps) == (True, 2, 9)
    # The same objects, as in a notebook whose cell is run again.
    calls.clear()
    optimizer.lr = 0.3
    again = nn.fit(net, X, Y, optimizer=optimizer, epochs=5, batch_size=5, rng=0, progress=False, resume=path)
    same_run((net, optimizer, again), run(mlp, lambda p: nn.SGD(p, 0.3), 5))


@both_formats
def test_a_loop_by_hand_goes_on(suffix, tmp_path):
    def parts():
        net = nn.Sequential(nn.Layer(3, 4, rng=0), Dropout(), nn.Layer(4, 2, rng=1))
        return net, nn.Adam(net.parameters(), SCHEDULE), np.random.default_rng(3)

    def epochs(net, optimizer, rng, count):
        for _ in range(count):
            for rows in np.array_split(rng.permutation(len(X)), 3):
                optimizer.zero_grad()
                nn.quadratic_cost(net(X[rows]), Y[rows]).backward()
                optimizer.step()

    expected, one = parts(), parts()
    epochs(*expected, 5)
    epochs(*one, 2)
    path = nn.save(one[0], tmp_path / f"run{suffix}", optimizer=one[1], rng=one[2])
    net, optimizer, rng = parts()
    assert nn.load(path, into=net, optimizer=optimizer, rng=rng) is net
    epochs(net, optimizer, rng, 3)
    assert bits(net.state_dict()) == bits(expected[0].state_dict())
    assert rng.bit_generator.state == expected[2].bit_generator.state


GRADIENTS = st.lists(st.floats(-1e3, 1e3) | st.sampled_from([1e200, -1e160, 0.0]), min_size=2, max_size=8)


@pytest.mark.filterwarnings("ignore:.* forgets a gradient")
@pytest.mark.parametrize("kind", OPTIMIZERS)
@settings(max_examples=50)
@given(
    gradients=GRADIENTS,
    start=st.sampled_from([1.0, [2.0], [1.0, -2.0], "single", "value"]),
    at=st.integers(0, 8),
)
def test_the_state_of_an_optimizer_is_all_that_it_remembers(kind, gradients, start, at):
    """Also after gradients whose squares overflow, where elements of one parameter have begun anew."""

    def leaves():
        still = Tensor([7.0])
        if start == "value":
            return [Value(1.0), still, Value(2.0)]
        return [Tensor(np.array(1.5, np.float32) if start == "single" else start), still]

    def gradient(g, p):
        if isinstance(p, Value):
            return g
        size = 1e-190 if p.dtype == np.float32 else 1.0
        return (g * size * np.linspace(1, 0.001, p.size).reshape(p.shape)).astype(p.dtype)

    def steps(optimizer, some):
        for g in some:
            for p in optimizer.params[::2]:
                p.grad = gradient(g, p)
            optimizer.step()

    expected = OPTIMIZERS[kind](leaves())
    steps(expected, gradients)
    first = OPTIMIZERS[kind](leaves())
    steps(first, gradients[:at])
    second = OPTIMIZERS[kind](leaves())
    second.load_state_dict(first.state_dict())
    for p, q in zip(second.params, first.params, strict=True):
        p.data = q.data
    steps(second, gradients[at:])
    assert bits([p.data for p in second.params]) == bits([p.data for p in expected.params])
    assert bits(second.memory) == bits(expected.memory)


# -- settings -------------------------------------------------------------------------------------


def test_a_rate_that_a_callback_changed_is_kept_and_one_changed_in_the_lines_holds(tmp_path):
    def halving(optimizer):
        return lambda history: setattr(optimizer, "lr", 0.3 / 2 ** len(history))

    def go(epochs, lr, path=None, **settings):
        net = mlp()
        sgd = nn.SGD(net.parameters(), lr, **settings)
        calls = [halving(sgd)] if lr == 0.3 else []
        calls += [broken_off(2)] if epochs == 2 else []
        history = nn.fit(
            net,
            X,
            Y,
            optimizer=sgd,
            epochs=4,
            batch_size=5,
            rng=0,
            progress=False,
            callbacks=calls,
            resume=path,
        )
        return net, sgd, history

    path = tmp_path / "run.npz"
    go(2, 0.3, path)
    written = path.read_bytes()
    same_run(go(4, 0.3, path), go(4, 0.3))
    path.write_bytes(written)
    _, sgd, _ = go(4, 0.01, path, momentum=0.5)
    assert (sgd.lr, sgd.momentum, sgd.steps) == (0.01, 0.5, 16)
    path.write_bytes(written)
    _, sgd, _ = go(4, SCHEDULE, path)
    assert sgd.lr == SCHEDULE(16)


def test_a_schedule_is_asked_for_again(tmp_path):
    net = mlp()
    path = nn.save(net, tmp_path / "run.npz", optimizer=nn.SGD(net.parameters(), SCHEDULE))
    sgd = nn.SGD(net.parameters(), 0.1)
    with pytest.raises(ValueError, match="its learning rate was a schedule, which no file holds"):
        nn.load(path, into=net, optimizer=sgd)
    again = nn.load(path, into=mlp(), optimizer=None)
    assert bits(again.state_dict()) == bits(net.state_dict())
    scheduled = nn.SGD(net.parameters(), SCHEDULE)  # as the error says
    nn.load(path, into=net, optimizer=scheduled)
    assert scheduled.lr == SCHEDULE(0)


# -- early stopping in a run that goes on ----------------------------------------------------------


def held(epoch):
    return [5.0, 1.0, 3.0, 2.0, 4.0, 4.0][epoch.number - 1]


def test_the_best_net_of_before_the_break_is_put_back(tmp_path):
    path, make = tmp_path / "run.npz", OPTIMIZERS["Adam"]

    def go(*others, **settings):
        return run(mlp, make, 6, [nn.early_stopping(3, held), *others], **settings)

    expected = go()
    assert (expected[2].restored, len(expected[2])) == (2, 5)
    go(broken_off(3), resume=path)
    same_run(go(resume=path), expected)
    same_run(go(resume=path), expected)


# -- files ----------------------------------------------------------------------------------------


def test_the_net_of_a_run_is_read_as_any_other(tmp_path):
    path = tmp_path / "run.npz"
    net, _, _ = run(mlp, OPTIMIZERS["Adam"], 2, resume=path)
    assert bits(nn.load(path).state_dict()) == bits(net.state_dict())


def test_a_file_of_something_else_is_not_overwritten(tmp_path):
    path = nn.save(mlp(), tmp_path / "net.npz")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="holds a net and no run of fit"):
        run(mlp, OPTIMIZERS["SGD"], 2, resume=path)
    for content in (b"", b"text", before[:-9]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is damaged, or no net"):
            run(mlp, OPTIMIZERS["SGD"], 2, resume=path)
        assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 6}, "is of a run of 17 examples in batches of 5, and not 17 in batches of 6"),
        ({"X": X + 1e-9}, "is of a run of other examples: give another path"),
        ({"Y": np.vstack([Y[:11], Y[11:12, ::-1], Y[12:]])}, "is of a run of other examples"),
        ({"rng": 1}, "is of a run with rng=0, and not 1: give another path, or delete the file"),
        ({"X": X[:-1], "Y": Y[:-1]}, "17 examples in batches of 5, and not 16"),
        ({"epochs": 1}, "is of a run with 2 epochs, and epochs=1 counts these too"),
        ({"net": nn.MLP([3, 5, 2], rng=0)}, "does not fit: this state is not of MLP"),
        ({"net": nn.MLP([3, 4, 2], rng=0, activation=np.tanh)}, "does not fit: its net has the activations"),
        ({"make": OPTIMIZERS["RMSprop"]}, "it is of SGD, and this is RMSprop. Nothing was changed"),
        ({"rng": np.random.Generator(np.random.MT19937(0))}, "does not fit: state must be for a MT19937"),
    ],
)
def test_a_run_of_something_else_is_told_and_nothing_is_changed(changes, message, tmp_path):
    path = tmp_path / "run.npz"
    run(mlp, OPTIMIZERS["SGD"], 2, resume=path)
    net = changes.get("net", mlp())
    optimizer = changes.get("make", OPTIMIZERS["SGD"])(net.parameters())
    before, content = bits([net.state_dict(), optimizer.state_dict()]), path.read_bytes()
    settings = {"epochs": 3, "batch_size": 5, "rng": 0, "X": X, "Y": Y}
    settings |= {key: x for key, x in changes.items() if key not in ("net", "make")}
    with pytest.raises(ValueError, match=message):
        nn.fit(net, optimizer=optimizer, progress=False, resume=path, **settings)
    assert bits([net.state_dict(), optimizer.state_dict()]) == before
    assert path.read_bytes() == content
    path.unlink()  # as the error says
    nn.fit(net, optimizer=optimizer, progress=False, resume=path, **settings)


class Counter:
    """A callback with a state, which may not take another's."""

    def __init__(self, refuses=False):
        self.calls, self.refuses = 0, refuses

    def __call__(self, history):
        self.calls += 1

    def state_dict(self):
        return {"calls": self.calls}

    def load_state_dict(self, state):
        if self.refuses and state["calls"]:
            raise RuntimeError("no room")
        self.calls = state["calls"]


def test_callbacks_go_on_and_where_one_does_not_nothing_is_changed(tmp_path):
    path, counter = tmp_path / "run.npz", Counter()
    run(mlp, OPTIMIZERS["Adam"], 2, [counter], resume=path)
    net, counters = mlp(), [Counter(), Counter(refuses=True)]
    run(mlp, OPTIMIZERS["Adam"], 3, [counter, Counter()], resume=path)
    assert counter.calls == 3
    adam = OPTIMIZERS["Adam"](net.parameters())
    before = bits([net.state_dict(), adam.state_dict()])
    settings = {"epochs": 4, "batch_size": 5, "rng": 0, "progress": False, "resume": path}
    with pytest.raises(RuntimeError, match="no room"):
        nn.fit(net, X, Y, optimizer=adam, callbacks=counters, **settings)
    assert bits([net.state_dict(), adam.state_dict()]) == before
    assert [each.calls for each in counters] == [0, 0]


def test_every_kind_of_generator_goes_on(tmp_path):
    for kind in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        first, second = (np.random.Generator(getattr(np.random, kind)(seed)) for seed in (0, 1))
        first.integers(9, dtype=np.int32)
        net = mlp()
        nn.load(nn.save(net, tmp_path / "run.npz", rng=first), into=net, rng=second)
        assert (first.random(9) == second.random(9)).all()


def test_what_no_file_can_hold_is_refused(tmp_path):
    net, path = mlp(), tmp_path / "run.npz"
    sgd = nn.SGD(net.parameters(), 0.1)
    with pytest.raises(ValueError, match="holds no parameter of this net"):
        nn.save(mlp(), path, optimizer=sgd)
    with pytest.raises(TypeError, match="has state_dict"):
        nn.save(net, path, optimizer=nn.SGD)
    with pytest.raises(TypeError, match=r"such as np\.random\.default_rng\(0\), not 0"):
        nn.save(net, path, optimizer=sgd, rng=0)
    assert not path.exists()
    nn.save(net, path)
    with pytest.raises(TypeError, match=r"nn.load\('run.npz', into=net, optimizer=optimizer\)"):
        nn.load(path, optimizer=sgd)
    with pytest.raises(ValueError, match=r"holds no optimizer; nn.save\(net, path, optimizer=optimizer\)"):
        nn.load(path, into=net, optimizer=sgd)
    nn.save(net, path, optimizer=sgd)  # as the error says
    nn.load(path, into=net, optimizer=sgd)
    with pytest.raises(ValueError, match="holds no rng"):
        nn.load(path, into=net, optimizer=sgd, rng=np.random.default_rng(0))
    nn.save(net, path, optimizer=sgd, rng=np.random.default_rng(0))  # as the errors say
    nn.load(path, into=net, rng=np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"a state is what state_dict\(\) gives, not int"):
        sgd.load_state_dict(3)
    sgd.load_state_dict(sgd.state_dict())

    class Steps:
        def step(self): ...
        def zero_grad(self): ...

    with pytest.raises(TypeError, match="has state_dict"):
        nn.fit(net, X, Y, optimizer=Steps(), epochs=1, batch_size=5, rng=0, resume=path)


def test_writing_takes_a_small_share_of_the_time(tmp_path, monkeypatch):
    monkeypatch.setattr(resuming, "SHARE", 0.05)
    written = []
    write = resuming.write

    def slow(*arguments):
        time.sleep(0.02)
        written.append(arguments)
        write(*arguments)

    monkeypatch.setattr(resuming, "write", slow)
    _, _, history = run(mlp, OPTIMIZERS["SGD"], 60, resume=tmp_path / "run.npz")
    assert len(history) == 60
    assert 2 <= len(written) < 10  # the first, and the last
