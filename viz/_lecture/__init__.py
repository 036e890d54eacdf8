"""A lecture as one file: its parts become slides of a page, pages of a PDF, cells of a notebook."""

from viz._lecture.lecture import lecture
from viz._lecture.parts import Code
from viz._lecture.script import run_script

__all__ = ["Code", "lecture", "run_script"]
