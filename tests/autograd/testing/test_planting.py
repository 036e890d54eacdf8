"""Changes of any text are planted in a running module, wherever it has gone, and taken back."""

import importlib
import importlib.util
import sys

import pytest

from autograd.testing import Mutant, mutants_of

COUNTER = """
    count = 5
    def step():
        return count + 1
"""


@pytest.mark.parametrize(
    ("text", "replacement", "calculate", "right", "wrong"),
    [
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: [m.SCALE, u.SCALE, m.double(1.0)], [2.0] * 3, [3.0] * 3),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: (m.TABLE, u.TABLE), ([2.0, 4.0],) * 2, ([3.0, 6.0],) * 2),
        ("SCALE * x", "SCALE + x", lambda m, u: m.double(5.0), 10.0, 7.0),
        ("double(x) + 1", "double(x) - 1", lambda m, u: (m.cached(1.0), u.kept(1.0)), (3.0, 3.0), (1.0, 1.0)),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: (m.scaled(1.0), NET[0].scaled(1.0)), (2, 14), (3, 15)),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: NET[0].height, 4.0, 6.0),
        ("more=5.0", "more=6.0", lambda m, u: NET[0].scaled(1.0), 14.0, 15.0),
        ("power=2", "power=3", lambda m, u: m.raised(2.0), 4.0, 8.0),
        ("count + 1", "count - 1", lambda m, u: STEP[0](), 6, 4),
        ("super().area() + self", "super().area() - self", lambda m, u: m.Net().area(), 9.0, 3.0),
        ("super().area() + self", "self", lambda m, u: NET[0].area(), 9.0, 3),
        ("width = 3", "width = 4", lambda m, u: NET[0].area(), 9.0, 10.0),
        ("    def __radd__", "    def _radd", lambda m, u: hasattr(m.Net, "__radd__"), True, False),
        ("        return 6.0", "        return 6.0 * self.extra()\n    def extra(self):\n        return 2.0",
         lambda m, u: m.Net().area(), 9.0, 15.0),
    ],
)  # fmt: skip
def test_any_text_of_a_module_is_planted_where_it_runs(student, text, replacement, calculate, right, wrong):
    module, user = student
    STEP[:], NET[:] = [module.counter()], [module.Net()]
    assert calculate(module, user) == right
    with Mutant("a slip", "student_net", text, replacement):
        assert calculate(module, user) == wrong
    assert calculate(module, user) == right


def test_a_closure_that_the_block_has_made_is_right_after_it(student):
    module, _ = student
    with Mutant("a slip", "student_net", "count + 1", "count - 1"):
        step = module.counter()
        assert step() == 4
    assert step() == 6


STEP, NET = [], []  # a closure and an object that were there before the mistake


@pytest.mark.parametrize(
    ("text", "replacement", "message"),
    [
        (
            COUNTER,
            COUNTER.replace("+ 1", "+ other").replace("count =", "count = other ="),
            "step is a closure",
        ),
        ("x: float = 1.0", "x: float = 2.0", "class Point: its decorator has read"),
        ("class Net(Base)", "class Net(Point)", "class Net: another head"),
        ("width = 3", "__slots__ = ()", "other slots of a running class"),
    ],
)
def test_a_change_that_a_running_module_cannot_take_is_told(student, text, replacement, message):
    module, _ = student
    STEP[:] = [module.counter()]
    mutant = Mutant("too much", "student_net", text, replacement)
    before = {**vars(module)}, {**vars(module.Net)}
    with pytest.raises(NotImplementedError, match=message), mutant:
        pass
    assert ({**vars(module)}, {**vars(module.Net)}) == before


def test_the_advice_for_such_a_change_is_right(student):
    module, _ = student
    mutant = Mutant("too much", module.__file__, "x: float = 1.0", "x: float = 2.0")
    with pytest.raises(NotImplementedError, match="a mutant of its path is planted by the import"), mutant:
        pass
    del sys.modules["student_net"]
    with mutant:
        assert importlib.import_module("student_net").Point().x == 2.0
    assert importlib.import_module("student_net").Point().x == 1.0


def test_a_path_is_planted_in_every_module_of_the_file_and_in_later_imports(student):
    module, _ = student
    spec = importlib.util.spec_from_file_location("another_name", module.__file__)
    with Mutant("a slip", module.__file__, "SCALE * x", "SCALE + x"):
        another = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(another)
        assert (module.double(5.0), another.double(5.0)) == (7.0, 7.0)
    assert module.double(5.0) == 10.0
    assert importlib.import_module("student_net") is module


def test_a_file_and_a_module_that_cannot_be_read(tmp_path):
    for name, message in ((str(tmp_path / "none.py"), "cannot be read"), ("math", "has no source in Python")):
        with pytest.raises(ValueError, match=message):
            Mutant("nothing", name, "a", "b").source()
    (tmp_path / "broken.py").write_text("def (")
    for module, kind, message in (
        (tmp_path / "broken.py", ValueError, "broken.py cannot be read"),
        ("no_such_module", ValueError, "no module is called 'no_such_module'; a file is named by its path"),
        (3, TypeError, r"not int \(3\)"),
    ):
        with pytest.raises(kind, match=message):
            mutants_of(module)
