"""The small changes of a module's lines, and how each is named."""

import pytest

from autograd.testing import Mutant, mutants_of
from autograd.testing._mutants import score as score_module


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("return a + b", {"return b", "return a", "return a - b", "return -(a + b)"}),
        ("c = a - b * (a - 1)", {"c = a + b * (a - 1)", "c = a", "c = a - b", "c = a - (a - 1)",
                                 "c = a - b / (a - 1)", "c = a - b * (a + 1)", "c = a - b * (a)",
                                 "c = a - b * (a - 2)"}),
        ("a += b", {"a = b", "a -= b"}),
        ("c = -a", {"c = a"}),
        ("c = a ** b", {"c = a", "c = a * b"}),
        ("c = a < b", {"c = a <= b"}),
        ("c = a and not b", {"c = a or not b", "c = a and b"}),
        ("for x in reversed(a): pass", {"for x in a: pass"}),
        ("c = a[::-1]", {"c = a", "c = a[::-2]"}),
        ("if a: b = 1.5", {"if (not (a)): b = 1.5", "if a: b = 2.5"}),
        ("c = f(a, key=True)", {"c = f(a, key=False)"}),
        ("c: list[0] = []", set()),
        ("raise ValueError(a + b)", set()),
        ('"one + two"', set()),
        ("c = 'π', a + b", {"c = 'π', b", "c = 'π', a", "c = 'π', a - b"}),
    ],
)  # fmt: skip
def test_the_small_changes_of_a_line(tmp_path, line, changes):
    path = tmp_path / "line.py"
    path.write_text(f"def f(a, b):\n    {line}\n", encoding="utf-8")
    made = mutants_of(path)
    assert {m.replacement.strip() for m in made.values()} == changes
    assert all(name.startswith("f: ") and "(line 2" in name for name in made)
    for mutant in made.values():
        mutant.source()


def test_lines_that_are_there_twice_are_told_apart(tmp_path):
    (tmp_path / "twice.py").write_text("def f(a):\n    a += 1\n    a += 1\n    return a\n")
    results = []
    for mutant in mutants_of(tmp_path / "twice.py").values():
        names = {}
        exec(mutant.source(), names)
        results.append(names["f"](10))
    assert sorted(results) == [-12, 1, 2, 10, 10, 13, 13]


def test_the_place_and_the_change_of_a_mutant_are_of_the_lines_that_differ(tmp_path):
    file = tmp_path / "model.py"
    file.write_text("def f(x):\n    y = x * 2\n    return y\n\n\ndef g(x):\n    y = x * 2\n    return -y\n")
    all_of_them = mutants_of(file)
    (first, second) = (m for name, m in all_of_them.items() if "2 to 3" in name)
    assert (first.where, second.where) == ("model.py:2", "model.py:7")  # as many lines as are there once
    assert first.change == second.change == "y = x * 2 → y = x * 3"
    assert repr(second) == "<mutant 'g: 2 to 3 (line 7)' of model.py:7: y = x * 2 → y = x * 3>"
    several = Mutant("both", str(file), "    y = x * 2\n    return y\n", "    y = 2\n    return x\n")
    assert (several.where, several.change) == ("model.py:2", "y = x * 2; return y → y = 2; return x")
    score = score_module.MutationScore((score_module.Trial(second, "survived", 0.1, ""),), 0.1)
    assert str(score).splitlines()[1].endswith("nothing: y = x * 2 → y = x * 3")
    assert repr(score) == "<mutation score: killed 0 of 1; survived: g: 2 to 3 (line 7)>"
