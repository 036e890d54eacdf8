"""The page itself: the picture as HTML and SVG, the steps as MathML, the program as data."""

from __future__ import annotations

import html
from string import Template

from viz._layout.places import Layout
from viz._layout.routes import Route
from viz._layout.themes import Theme
from viz._mathematics.shortening import readable, short_text
from viz._mathematics.typeset import Math, to_text
from viz._pages.chain.contents.boxes import box_html, style
from viz._pages.chain.contents.data import data_of
from viz._pages.chain.javascript import operations
from viz._pages.chain.layout import PROPERTIES, edge_svg, is_flat, laid_out, link_formula
from viz._pages.chain.live import to_mathml
from viz._pages.chain.recording import Recording
from viz._pages.parts.assembly import SHARED, asset, html_page, joined
from viz._pages.parts.colours import mode
from viz._pictures.picture import Picture
from viz._pictures.steps import Equation, PassStep, steps_of

__all__ = ["document"]

HERE = "viz._pages.chain"
SCRIPTS = (
    "evaluate", "state", "lines", "nudge", "show", "dock", "camera", "controls", "printing", "start",
)  # fmt: skip
STYLES = ("page", "picture", "print")


def document(
    recording: Recording, title: str | None, theme: Theme | None = None, projector: bool = False
) -> str:
    """The HTML of a recording.

    Args:
        title: the heading; None for one that names the result.
        theme: the colours that the page begins with; None for light or dark ones, as the system has it.
        projector: whether it begins with the larger type for a projector.

    >>> from autograd import Value
    >>> from viz._pages.chain.recording import record
    >>> page = document(record((Value(3.0, label="x") * 2).with_label("y"), 60), None)
    >>> page[:15], "<title>y, step by step</title>" in page
    ('<!doctype html>', True)
    """
    others = recording.generally()
    layout, steps, general = laid_out(recording.picture, others.picture), _steps(recording), _steps(others)
    if title is None:
        title = f"{to_text(readable(recording.picture.boxes[-1].symbol))}, step by step"
    modes = {"theme": mode(theme), "projector": projector}
    scripts = [operations(recording.rows()), joined(SHARED, ("numbers", "modes", "frame"), "js")]
    scripts += [joined(HERE, SCRIPTS, "js")]
    body = Template(asset(HERE, "body.html")).substitute(
        title=html.escape(title),
        width=f"{layout.width:.0f}",
        height=f"{layout.height:.0f}",
        stage=_stage(recording, others.picture, layout),
        steps="\n".join(
            _step(step, other, i) for i, (step, other) in enumerate(zip(steps, general, strict=True))
        ),
        last=len(steps) - 1,
    )
    style = _sizes() + joined(HERE, STYLES, "css")
    data = {**data_of(recording, steps, general), "modes": modes}
    return html_page(title, theme, style, body, data, "\n".join(scripts))


def _sizes() -> str:
    sizes = " ".join(f"{name}: {size};" for name, size in PROPERTIES.items())
    return f".stage, #dock {{ {sizes} }}\n\n"


def _steps(recording: Recording) -> list[PassStep]:
    return list(steps_of(recording.picture, recording.numbers()))


def _stage(recording: Recording, general: Picture, layout: Layout) -> str:
    picture = recording.picture
    parts = [
        f'<div class="layer"{style(layout.layers[layer.id])}>'
        f"<span>{html.escape(short_text(layer.title, 40))}</span></div>"
        for layer in picture.layers
        if layer.id in layout.layers
    ]
    lines = "".join(_edge(route, i) for i, route in enumerate(layout.routes))
    parts.append(
        f'<svg width="{layout.width:.0f}" height="{layout.height:.0f}" aria-hidden="true">{lines}</svg>'
    )
    for i, route in enumerate(layout.routes):
        if route.label is not None:
            formula = link_formula(picture, i)
            kind = "slope flat" if is_flat(route.label, formula) else "slope"
            other = link_formula(general, i)
            over = "" if formula is None or other is None else _formula_over(formula, other)
            parts.append(
                f'<div class="{kind}" id="slope{i}" role="group"{style(route.label)}>'
                f'{over}<div class="number"></div></div>'
            )
    boxes = {box.id: box for box in picture.boxes}
    parts += [box_html(boxes[id], at, recording) for id, at in layout.boxes.items()]
    return "\n".join(parts)


def _edge(route: Route, i: int) -> str:
    slim = f' style="--slim:{route.slim:.2f}"' if route.slim < 1 else ""
    return f'<g class="edge" id="edge{i}"{slim}>{edge_svg(route)}</g>'


def _math(m: Math, kind: str | None = None) -> str:
    mark = "" if kind is None else f' class="{kind}"'
    return f'<math displaystyle="true"{mark}>{to_mathml(m)}</math>'


def _formula_over(formula: Math, general: Math) -> str:
    """The formula over a link's number; where it takes a sum for 1, also the one for other sums."""
    forms = {"fit": formula} if formula == general else {"fit if-one": formula, "fit if-not-one": general}
    return "".join(f'<div class="{kind}"><span>{_math(m)}</span></div>' for kind, m in forms.items())


def _step(step: PassStep, general: PassStep, i: int) -> str:
    equations = "".join(map(_equation, step.equations, general.equations))
    heading = "".join(html.escape(part) if isinstance(part, str) else _math(part) for part in step.heading)
    kind = "" if step.kind in ("overview", "everything") else f"<span>{step.kind}</span> "
    return f'<article class="step {step.kind}" id="step{i}"><h2>{kind}{heading}</h2>{equations}</article>'


def _equation(equation: Equation, general: Equation) -> str:
    forms = {None: equation} if equation == general else {"if-one": equation, "if-not-one": general}
    pieces = (_math(m, kind) for kind, pieces in forms.items() for m in pieces)
    return f'<div class="equation">{"".join(pieces)}</div>'
