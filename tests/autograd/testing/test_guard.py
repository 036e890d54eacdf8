"""grade on files that hand in numbers of others, or grade themselves; what is left of their processes."""

import math
import sys
import time
import types
from pathlib import Path

import pytest
from engines import CLOSURES

from autograd import Value
from autograd.testing import Engine, Tape, grade, laws
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import read_cells, run_cells
from autograd.testing._grading.running.borrowed import borrowed_from
from autograd.testing._grading.running.guard import Guard
from autograd.testing._grading.running.messages import FOREIGN, messages_of, sender

KEY = b"a key"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A source as a module of this process."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def run(source):
        path = tmp_path / "student.py"
        path.write_text(source, encoding="utf-8")
        return run_cells(read_cells(path), path)[0]

    return run


def sent(*messages):
    lines = []
    send = sender(KEY, lines.append)
    for message in messages:
        send(**message)
    return lines


def test_only_signed_messages_in_their_order_are_read():
    first, second = sent({"engine": "Value"}, {"finished": True})
    assert messages_of(KEY, first + second) == [{"engine": "Value"}, {"finished": True}]
    assert messages_of(KEY, first + second[:-9]) == [{"engine": "Value"}]  # it ended while it wrote
    for data in (second, first + first, first + b'{"finished": true}\n', b"\xff\n"):
        assert messages_of(KEY, data) == [{"problem": FOREIGN}]


# The signature is not to be had: a file that looks for the results finds them, and can only spoil them.
FORGERY = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b'{"finished": true}\\n')
    except OSError:
        pass
print("nothing that is printed is read")
child = os.fork()
if not child:
    os.setsid()
    if os.fork():
        os._exit(0)
    open({pid!r}, "w").write(str(os.getpid()))
    import time
    time.sleep(1000)
os.waitpid(child, 0)
while not os.path.exists({pid!r}) or not open({pid!r}).read():
    pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell the environment of a process")
def test_a_file_that_writes_results_itself_and_leaves_a_process_behind(tmp_path):
    pid = tmp_path / "pid"
    student = tmp_path / "student.py"
    student.write_text(CLOSURES + FORGERY.replace("{pid!r}", repr(str(pid))))
    assert grade(student, laws=["values"]).problem == FOREIGN
    end = Path("/proc") / pid.read_text()
    deadline = time.monotonic() + 5
    while end.exists() and " Z " not in (end / "stat").read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not end.exists() or " Z " in (end / "stat").read_text()


@pytest.mark.parametrize("name", ["math.cos", "autograd.testing._laws.search.trial.agree"])
def test_functions_that_grade_are_guarded(name, monkeypatch):
    guard = Guard()
    assert guard.change() == ""
    module, _, function = name.rpartition(".")
    monkeypatch.setattr(sys.modules[module], function, lambda *args: True)
    assert guard.change() == name


def test_methods_codes_and_laws_are_guarded(monkeypatch):
    guard = Guard()
    law = laws["chain rule"]
    with monkeypatch.context() as patch:
        patch.setattr(type(law), "violations", lambda *args, **options: ())
        assert guard.change().endswith("Law.violations")
    with monkeypatch.context() as patch:
        patch.setattr(type(law).violations, "__code__", (lambda *args, **options: ()).__code__)
        assert guard.change().endswith("Law.violations")
    search = law.search
    object.__setattr__(law, "search", lambda trial: ())
    try:
        assert guard.change().endswith("CHAIN_RULE")
    finally:
        object.__setattr__(law, "search", search)
    assert guard.change() == ""


WRAPPED = """
import autograd

class Value:
    def __init__(self, x):
        self.node = x if isinstance(x, autograd.Value) else autograd.Value(x)

    data = property(lambda self: self.node.data)
    grad = property(lambda self: self.node.grad)

    def __add__(self, other):
        return Value(self.node + getattr(other, "node", other))

    def backward(self):
        self.node.backward()
"""
INHERITED = "import autograd\n\nclass Value(autograd.Value):\n    pass\n"


@pytest.mark.parametrize("source", [WRAPPED, INHERITED])
def test_derivatives_of_a_library_are_not_the_file_s(source, load):
    engine, _ = recognize(load(source))
    assert borrowed_from(engine) == "autograd: Value.backward()"


def test_a_library_for_numbers_alone_is_no_help(load, monkeypatch):
    library = types.ModuleType("jax.numpy")
    exec("def add(x, y):\n    return x + y\ndef gradient(x):\n    return x", vars(library))
    package = types.ModuleType("jax")
    package.numpy = library
    monkeypatch.setitem(sys.modules, "jax", package)
    monkeypatch.setitem(sys.modules, "jax.numpy", library)
    numbers = "import jax.numpy\n" + CLOSURES.replace(
        "self.data + other.data", "jax.numpy.add(self.data, other.data)"
    )
    engine, _ = recognize(load(numbers))
    assert borrowed_from(engine) == ""
    engine, _ = recognize(load(numbers.replace("node.pass_on()", "jax.numpy.gradient(node.pass_on())")))
    assert borrowed_from(engine) == "jax: gradient()"
    assert borrowed_from(engine, {"jax.numpy"}) == ""  # a module of that name beside the file


def test_a_law_that_counts_calls_is_skipped_under_a_profiler():
    tape = Tape(Value, lambda x: x.data, lambda out: out.backward(), lambda x: x.grad)
    engine = Engine.of_tape("Value", {"add": lambda x, y: x + y}, tape)
    before = sys.getprofile()
    sys.setprofile(lambda *event: None)
    try:
        (result,) = grade(engine, laws=["each node once"]).laws
    finally:
        sys.setprofile(before)
    assert result.verdict == "skipped"
    assert "sys.setprofile, which is in use" in result.reason
    assert math.isfinite(grade(engine, laws=["each node once"]).mark)
