"""A lecture as one file: its parts become slides of a page, pages of a PDF, cells of a notebook."""

from viz._lecture.lecture import lecture
from viz._lecture.parts import Code
from viz._lecture.script import run_script
from viz._lecture.slides.fitting import as_parts

__all__ = ["Code", "as_parts", "lecture", "run_script"]
