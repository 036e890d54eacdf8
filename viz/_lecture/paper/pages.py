"""Slides as pages: what stands on which, as large as can be, and nowhere too small to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from viz._layout.scene import READABLE
from viz._lecture.paper.markdown import code_strips, markdown_strips, output_strips
from viz._lecture.paper.pen import HEIGHT, WIDTH, Pen
from viz._lecture.paper.pictures import GAP, Shown, height_in, seats, width_in
from viz._lecture.paper.strips import Setting, Sizes, Strip, words_of
from viz._lecture.parts import Code, Formula, Html, Live, Moving, Part, Picture, Plain, Slide, Text

__all__ = ["draw_page", "pages_of"]

PRINTED = 14.0  # pixels: 6.2 points on A4, for a picture and its code that are to share a page
SIDE, TOP, BOTTOM = 90.0, 56.0, 64.0  # margins of a page, in pixels
ROOM = WIDTH - 2 * SIDE, HEIGHT - TOP - BOTTOM
SIZES = (Sizes(64, 38, 30), Sizes(56, 34, 27), Sizes(48, 30, 24))  # of which the largest that fits is taken
DENSE = Sizes(40, 27, 22)
RUNNING = 30.0  # type of the heading on further pages of a slide
FOOT = 22.0  # type of a page's number
COLUMN = 500.0  # the least width of code beside a picture
AROUND = 20.0  # pixels over and under pictures
LEAST = 0.3 * HEIGHT  # for pictures beside text
Margin = tuple[float, float, float]
MARGIN = (SIDE, TOP, BOTTOM)
NEAR = (SIDE / 2, TOP / 2, BOTTOM)  # margins of a page where a picture needs room


Strips = tuple[Strip, ...]


@dataclass(frozen=True)
class Page:
    """What stands on a page, from its top.

    Attributes:
        bands: text, or pictures beside each other, which share the height that texts leave.
        margin: of the page, in pixels: the left one, the upper one and the lower one.
        aside: text in a column to the left of the pictures, as wide as `column`.
        middle: whether it stands in the middle, as a title does.
        least: the pixels of its smallest type.
    """

    bands: tuple[Strips | tuple[Shown, ...], ...]
    margin: Margin = MARGIN
    aside: Strips = ()
    column: float = 0.0
    middle: bool = False
    least: float = READABLE

    @property
    def room(self) -> tuple[float, float]:
        side, top, bottom = self.margin
        return WIDTH - 2 * side, HEIGHT - top - bottom

    @property
    def left(self) -> float:
        """The height that its text leaves."""
        return self.room[1] - _height(chain(*map(_strips_in, self.bands)))

    @property
    def pictures(self) -> list[tuple[Shown, ...]]:
        return [shown for band in self.bands if (shown := _pictures_in(band))]

    @property
    def width(self) -> float:
        """The width of each band of pictures."""
        return self.room[0] - (self.column + GAP if self.aside else 0.0)

    @property
    def share(self) -> float:
        """The height of each band of pictures."""
        return self.left / max(1, len(self.pictures))

    @property
    def fits(self) -> bool:
        """Whether all of it can be read."""
        if not self.pictures:
            return self.left >= 0
        has_text = len(self.bands) > len(self.pictures)
        if self.share < (LEAST if has_text else 0.0) or _height(self.aside) > self.share - 2 * AROUND:
            return False
        heights = (height_in(band, self.width, self.share - 2 * AROUND) for band in self.pictures)
        return all(
            height * shown.type >= self.least
            for band, height in zip(self.pictures, heights, strict=True)
            for shown in band
        )


@dataclass(frozen=True)
class _Group:
    """Text, pictures beside each other under it, and under these code with what it printed."""

    texts: tuple[Part, ...]
    pictures: tuple[Shown, ...]
    rest: tuple[Part, ...]


def pages_of(slide: Slide, setting: Setting) -> list[Page]:
    """The pages of a slide: one if it can be read, else as many as it takes."""
    passages = list(_passages(slide.parts))
    whole = _one_page([_joined(groups) for groups in passages], (), setting, slide.level == 1)
    if whole is None and len(passages) == 1:
        whole = _beside(_joined(passages[0]), (), setting)
    if whole is not None:
        return [whole]
    running = _running(slide.title, setting)
    pages: list[Page] = []
    for groups in passages:
        page = _one_page([_joined(groups)], running if pages else (), setting)
        if page is not None:
            pages.append(page)
            continue
        for group in groups:
            pages += _pages_of_group(group, running if pages else (), running, setting)
    return pages


def _pages_of_group(group: _Group, lead: Strips, running: Strips, setting: Setting) -> list[Page]:
    """A group on one page; else its pictures after its text and code, or its code after these."""
    page = _one_page([group], lead, setting) or _beside(group, lead, setting)
    if page is not None:
        return [page]
    if not group.texts and not group.rest:
        return _picture_pages(group.pictures, lead)
    text = _one_page([replace(group, pictures=())], lead, setting)
    if text is None and group.pictures:
        page = _one_page([replace(group, rest=())], lead, setting)
        if page is not None:
            return [page, *_text_pages(group.rest, running, running, setting)]
    pages = [text] if text else _text_pages((*group.texts, *group.rest), lead, running, setting)
    return pages + _picture_pages(group.pictures, running)


def _one_page(
    groups: Sequence[_Group], lead: Strips, setting: Setting, is_title: bool = False
) -> Page | None:
    """Groups on one page, in the largest type with which that can be read; None if there is none."""
    is_title &= not any(group.pictures for group in groups)
    pages = (_page(groups, lead, setting, sizes) for sizes in SIZES)
    return next((replace(page, middle=is_title) for page in pages if page.fits), None)


def _beside(group: _Group, lead: Strips, setting: Setting) -> Page | None:
    """A group with its code beside the pictures; or under them in small type, with narrow margins."""
    for sizes in (*SIZES, DENSE):
        margin = NEAR if sizes is DENSE else MARGIN
        page = _page([replace(group, rest=())], lead, setting, sizes, margin)
        if page.pictures and group.rest:
            column = page.width - width_in(group.pictures, page.width, page.share - 2 * AROUND) - GAP
            aside = tuple(_strips(group.rest, setting, sizes, max(COLUMN, column)))
            whole = tuple(_strips(group.rest, setting, sizes, page.width))
            if column >= COLUMN and _height(aside) == _height(whole):  # no line is broken
                page = replace(page, aside=aside, column=column)
                if page.fits:
                    return page
    page = _page([group], lead, setting, DENSE, NEAR)
    return next((p for p in (page, replace(page, least=PRINTED)) if p.fits), None)


def _page(
    groups: Sequence[_Group], lead: Strips, setting: Setting, sizes: Sizes, margin: Margin = MARGIN
) -> Page:
    bands: list[Strips | tuple[Shown, ...]] = [lead]
    for group in groups:
        bands += [
            tuple(_strips(group.texts, setting, sizes, WIDTH - 2 * margin[0])),
            group.pictures,
            tuple(_strips(group.rest, setting, sizes, WIDTH - 2 * margin[0])),
        ]
    return Page(tuple(filter(None, bands)), margin)


def _passages(parts: Iterable[Part]) -> Iterator[list[_Group]]:
    """The parts of a slide; a text after pictures or code begins a passage, and pictures end a group."""
    groups: list[_Group] = []
    group = empty = _Group((), (), ())
    for part in parts:
        if isinstance(part, (Text, Formula)):
            if groups or group.rest:
                yield _closed(groups, group)
                groups, group = [], empty
            group = replace(group, texts=(*group.texts, part))
            continue
        outputs = part.outputs if isinstance(part, Code) else (part,)
        pictures = tuple(shown for output in outputs for shown in _shown(output))
        rest = tuple(output for output in outputs if isinstance(output, Live) or not _shown(output))
        rest = (Code(part.source, *rest),) if isinstance(part, Code) else rest
        group = replace(group, pictures=pictures, rest=(*group.rest, *rest))
        if pictures:
            groups.append(group)
            group = empty
    yield _closed(groups, group)


def _closed(groups: list[_Group], group: _Group) -> list[_Group]:
    """A passage, with the code after its last picture."""
    if groups:
        return [*groups[:-1], replace(groups[-1], rest=(*groups[-1].rest, *group.rest))]
    return [group]


def _joined(groups: Sequence[_Group]) -> _Group:
    """All text of a passage, then all pictures, then all code."""
    texts, pictures, rest = (
        tuple(chain.from_iterable(getattr(group, name) for group in groups))
        for name in ("texts", "pictures", "rest")
    )
    return _Group(texts, pictures, rest)


def _shown(part: Part) -> tuple[Shown, ...]:
    """A part as pictures, if it is seen on paper."""
    match part:
        case Picture():
            return (Shown(part),)
        case Moving(still=still, frames=frames):
            return tuple(map(Shown, frames or (still,)))
        case Live(still=Picture() as still):
            return (Shown(still),)
    return ()


def _text_pages(parts: Sequence[Part], lead: Strips, running: Strips, setting: Setting) -> list[Page]:
    """Text on as many pages as it takes, of the largest type for which that is one."""
    if not parts:
        return []
    for sizes in SIZES:
        page = Page((lead, tuple(_strips(parts, setting, sizes))))
        if page.fits:
            return [page]
    pages: list[Page] = []
    room = ROOM[1]
    on_page = list(lead)
    for block in _inseparable(_strips(parts, setting, SIZES[1])):
        if _height([*on_page, *block]) > room and len(on_page) > len(running if pages else lead):
            pages.append(Page((tuple(on_page),)))
            on_page = list(running)
        on_page += block
    return [*pages, Page((tuple(on_page),))]


def _picture_pages(pictures: Sequence[Shown], running: Strips) -> list[Page]:
    """Pictures together on a page; else each on its own, without heading and margin where it needs all."""
    if not pictures:
        return []
    together = Page((running, tuple(pictures)), NEAR)
    if together.fits or len(pictures) > 1:
        return (
            [together]
            if together.fits
            else [page for shown in pictures for page in _picture_pages([shown], running)]
        )
    return [Page((tuple(pictures),), margin=(0.0, -AROUND, -AROUND))]


def _running(title: str, setting: Setting) -> Strips:
    """The heading on further pages of a slide."""
    if not title:
        return ()
    strips = setting.paragraph(words_of(title, "B", "quiet"), RUNNING, ROOM[0])
    gap = Strip((), AROUND / 2)
    return tuple(replace(strip, stays=True) for strip in (*strips, gap))


def _strips(parts: Iterable[Part], setting: Setting, sizes: Sizes, width: float = ROOM[0]) -> Iterator[Strip]:
    """Parts that are text on paper."""
    for part in parts:
        match part:
            case Text(markdown):
                yield from markdown_strips(markdown, setting, sizes, width)
            case Formula(latex, content, words):
                try:
                    yield setting.formula(latex, sizes.text, width, content)
                except ValueError:  # of LaTeX beyond our typesetter
                    yield from output_strips(words, setting, sizes.code, width)
            case Code(source, outputs):
                yield from code_strips(source, setting, sizes.code, width)
                yield from _strips(outputs, setting, sizes, width)
            case Live(words=words, name=name):
                said = f"{words}, live: {name}" if name else words
                yield from setting.paragraph(words_of(said, "I", "quiet"), sizes.code, width)
            case Html(words=text) | Plain(text):
                yield from output_strips(text, setting, sizes.code, width)


def _inseparable(strips: Iterable[Strip]) -> Iterator[list[Strip]]:
    """Strips with those that stay on their page."""
    block: list[Strip] = []
    for strip in strips:
        block.append(strip)
        if not strip.stays:
            yield block
            block = []
    if block:
        yield block


def _strips_in(band: Strips | tuple[Shown, ...]) -> list[Strip]:
    return [strip for strip in band if isinstance(strip, Strip)]


def _pictures_in(band: Strips | tuple[Shown, ...]) -> tuple[Shown, ...]:
    return tuple(shown for shown in band if isinstance(shown, Shown))


def _height(strips: Iterable[Strip]) -> float:
    """Of strips one under another; the first has no gap over it."""
    strips = list(strips)
    return sum(strip.height + strip.before for strip in strips) - (strips[0].before if strips else 0.0)


def draw_page(page: Page, pen: Pen) -> None:
    """Write a page that the pen has begun."""
    side, top, _ = page.margin
    y = top + (page.left / 3 if page.middle else 0.0)
    at_top = True
    for band in page.bands:
        pictures = _pictures_in(band)
        if pictures:
            left = side + page.room[0] - page.width
            for seat in seats(pictures, left, y + AROUND, page.width, page.share - 2 * AROUND):
                seat.picture.draw(pen, seat.x, seat.y, seat.width, seat.height)
            _draw_strips(page.aside, side, y + AROUND, pen)
            y += page.share
            at_top = False
        strips = _strips_in(band)
        if strips:
            y = _draw_strips(strips, side, y + (0.0 if at_top else strips[0].before), pen)
            at_top = False
    if page.margin[0]:
        number = str(pen.number)
        pen.write(number, WIDTH - SIDE / 2 - pen.width(number, "", FOOT), HEIGHT - FOOT, "", FOOT, "quiet")


def _draw_strips(strips: Sequence[Strip], x: float, y: float, pen: Pen) -> float:
    """Strips one under another, without the gap over the first; gives their lower end."""
    for i, strip in enumerate(strips):
        y += strip.before if i else 0.0
        _draw_strip(strip, x, y, pen)
        y += strip.height
    return y


def _draw_strip(strip: Strip, x: float, y: float, pen: Pen) -> None:
    if strip.panel:
        left, right = strip.panel
        pen.rectangle(x + left, y, right - left, strip.height + 0.5, "data")
    if strip.rule:
        left, right = strip.rule
        pen.rectangle(x + left, y + strip.height - 1, right - left, 2, "line")
    for placed in strip.placed:
        piece = placed.piece
        at = x + placed.across, y + placed.down
        if placed.ink:
            pen.formula(placed.ink, *at, placed.size, piece.colour)
        elif not piece.text.isspace():
            pen.write(piece.text, *at, piece.style, placed.size, piece.colour, piece.link)
