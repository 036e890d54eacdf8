"""A mark at the end of each frame, by which a later run knows the files that it may replace and delete."""

from __future__ import annotations

import zlib
from pathlib import Path

__all__ = ["is_frame", "marked"]

MARK = b"a frame that chainrule wrote"
END = 100  # bytes at the end of a file that the mark is among


def marked(data: bytes, kind: str) -> bytes:
    """The contents of a file with the mark in them, which no viewer shows.

    Args:
        kind: svg and pdf have comments, png has pieces of text.

    >>> marked(b"<svg/>", "svg")
    b'<svg/><!-- a frame that chainrule wrote -->\\n'
    """
    match kind:
        case "svg":
            return data + b"<!-- " + MARK + b" -->\n"
        case "pdf":
            return data + b"% " + MARK + b"\n"
        case "png":
            piece = b"tEXtComment\0" + MARK
            length, check = (n.to_bytes(4, "big") for n in (len(piece) - 4, zlib.crc32(piece)))
            return data[:-12] + length + piece + check + data[-12:]  # before the piece that ends it
    raise ValueError(f"a frame is svg, pdf or png, not {kind!r}")


def is_frame(path: Path) -> bool:
    """Whether a file has the mark."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END))
        return MARK in file.read(END)
