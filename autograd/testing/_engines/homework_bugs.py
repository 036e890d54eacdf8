"""Nineteen mistakes of students, each a change in the text of the engine `homework`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["HOMEWORK_BUGS", "HomeworkBug", "homework_source"]


@dataclass(frozen=True)
class HomeworkBug:
    """A mistake in the source of the right engine.

    Attributes:
        name: of the mistake.
        text: the right code, which stands there once.
        replacement: the wrong code.
    """

    name: str
    text: str
    replacement: str


def homework_source(bug: HomeworkBug | None = None) -> str:
    """The source of the right engine, or of the engine with a bug.

    >>> "def backward" in homework_source()
    True
    >>> homework_source(HOMEWORK_BUGS[0]) == homework_source()
    False
    """
    source = Path(__file__).with_name("homework.py").read_text(encoding="utf-8")
    if bug is None:
        return source
    if source.count(bug.text) != 1:
        raise ValueError(f"{bug.name}: the engine has {source.count(bug.text)} times {bug.text!r}")
    return source.replace(bug.text, bug.replacement)


# The right engine's search for the nodes that lead to an output.
SEARCH = """\
    pending = [(root, iter(root.parents))]
    while pending:
        node, parents = pending[-1]
        for parent, _ in parents:
            if id(parent) not in visited:
                visited.add(id(parent))
                pending.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            pending.pop()
"""

HOMEWORK_BUGS = (
    HomeworkBug(
        "a gradient that is assigned, not added",
        "parent.grad = parent.grad + unbroadcast(",
        "parent.grad = unbroadcast(",
    ),
    HomeworkBug(
        "nodes in the order of a depth-first search from the output",
        """    return order[::-1]
""",
        """    preorder: list[Value] = []
    pending = [(root, iter(()))]
    while pending:
        node, _ = pending.pop()
        if node not in preorder:
            preorder.append(node)
            pending.extend((parent, iter(())) for parent, _ in reversed(node.parents))
    return preorder
""",
    ),
    HomeworkBug("a sigmoid without its derivative", "lambda g: g * small / (1 + small) ** 2", "lambda g: g"),
    HomeworkBug("a difference with the sign of a sum", "(other, lambda g: -g)])", "(other, lambda g: g)])"),
    HomeworkBug("a power whose exponent stays", "x ** (exponent - 1)", "x**exponent"),
    HomeworkBug("no __radd__", "def __radd__(", "def _radd("),
    HomeworkBug(
        "a quotient that is detached from its denominator",
        "lambda g: g / y), (other, lambda g: -g * x / y**2)",
        "lambda g: g / y)",
    ),
    HomeworkBug(
        "a relu that changes its input",
        "        return Value(np.maximum(x, 0.0), ",
        "        self.data = max(x, 0.0)\n        return Value(self.data, ",
    ),
    HomeworkBug("a quotient without the square", "-g * x / y**2", "-g * x / y"),
    HomeworkBug(
        "parents in a dict, which keeps one of two",
        "self.parents = list(parents)",
        "self.parents = list(dict(parents).items())",
    ),
    HomeworkBug(
        "the tanh of the output in its derivative",
        "lambda g: g * (1 - y * y)",
        "lambda g: g * (1 - np.tanh(y) ** 2)",
    ),
    HomeworkBug(
        "a recursive search, which deep graphs break",
        SEARCH,
        """
    def visit(node: Value) -> None:
        for parent, _ in node.parents:
            if id(parent) not in visited:
                visited.add(id(parent))
                visit(parent)
        order.append(node)

    visit(root)
""",
    ),
    HomeworkBug(
        "nodes compared by their numbers",
        f"    visited = {{id(root)}}\n{SEARCH}",
        "    visited = {str(root.data)}\n" + SEARCH.replace("id(parent)", "str(parent.data)"),
    ),
    HomeworkBug(
        "a third use that is lost",
        "        for node in order:\n            for parent, contribution in node.parents:\n",
        "        uses: dict[int, int] = {}\n"
        "        for node in order:\n"
        "            for parent, contribution in node.parents:\n"
        "                uses[id(parent)] = uses.get(id(parent), 0) + 1\n"
        "                if uses[id(parent)] == 3:\n"
        "                    continue\n",
    ),
    HomeworkBug(
        "no set of the visited nodes",
        "                visited.add(id(parent))\n",
        "",
    ),
    HomeworkBug(
        "an exponential that is wrong beyond 20",
        "(self, lambda g: g * y)])\n\n    def log",
        "(self, lambda g: g * np.minimum(y, np.exp(20.0)))])\n\n    def log",
    ),
    HomeworkBug(
        "a mean that is divided by one less",
        "g * np.ones(shape) / count",
        "g * np.ones(shape) / max(count - 1, 1)",
    ),
    HomeworkBug("the diagonal alone of softmax's Jacobian", "y * (g - np.sum(g * y))", "g * y * (1 - y)"),
    HomeworkBug(
        "a repeated number that gets the mean of its gradients",
        "    g = np.sum(g, axis=tuple(range(np.ndim(g) - len(shape))))\n",
        "    g = np.mean(g, axis=tuple(range(np.ndim(g) - len(shape))))\n",
    ),
)
