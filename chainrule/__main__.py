"""The command ``chainrule``, or ``python -m chainrule``, each of whose commands has a module of its own."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

from chainrule import __version__

__all__ = ["main"]

INTERRUPTED = 130  # exit code after Ctrl-C: 128 plus the number of the signal
HOME = (
    Path(__file__).resolve().parents[1]
)  # the folder in which this package stands, and those of the library
LIBRARY = ("autograd", "nn", "viz")
COMMANDS = {  # the module, imported when its command is called, and a line of help
    "demos": ("chainrule.demos.command", "make the five lectures, one of them, or run another demo"),
    "lecture": ("chainrule._lecture", "make slides, a PDF or a notebook of your own script in cells"),
    "grade": ("chainrule._grade", "test a student's engine by the laws of derivatives"),
    "info": ("chainrule._info", "list versions and optional parts: for a question or a report"),
}
LINKS = """\
the demos are not installed here. In a checkout chainrule/demos is a link to the folder demos, which git for \
Windows makes only when it is told to: git config core.symlinks true, git checkout -- chainrule/demos, and \
install again"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Perform the command of the command line, and give the exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal without ∂ and σ shows ? in their place
        sys.stdout.reconfigure(errors="replace")
    parser = _parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words:
        parser.exit(2, parser.format_help())
    parsed = parser.parse_args(words)
    module, _ = COMMANDS[parsed.command]
    prog = f"{parser.prog} {parsed.command}"
    try:
        _library_is_ours()
        status: int = import_module(module).main(parsed.arguments, prog=prog)
        sys.stdout.flush()  # so that a pipe that was closed is noticed here
        return status
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, ImportError) as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == "chainrule.demos"
        parser.exit(1, f"{prog}: error: {LINKS if absent else error}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chainrule",
        description="Commands of the library chainrule, whose packages are autograd, nn and viz:",
        epilog="\n".join(f"  {name:<9}{line}" for name, (_, line) in COMMANDS.items())
        + "\n\nchainrule COMMAND --help tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="of the list below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="its arguments")
    return parser


def _library_is_ours() -> None:
    """Another module of the name of one of ours, as a file in a folder of PYTHONPATH, would be imported.

    Raises:
        ImportError: with its path, and the way out.
    """
    for name in LIBRARY:
        spec = importlib.util.find_spec(name)
        path = None if spec is None else spec.origin
        if path is None or not os.path.samefile(os.path.dirname(path), HOME / name):
            raise ImportError(
                f"{name} is a package of chainrule in {HOME}, but Python finds {path or 'none'}: rename it, "
                "or take its folder out of PYTHONPATH"
            )


def _leave_working_folder_out() -> None:
    """``python -m`` imports from the working directory first, where a user may have a viz.py of their own."""
    if not sys.flags.safe_path and Path(sys.path[0]).resolve() != HOME:
        del sys.path[0]


if __name__ == "__main__":
    _leave_working_folder_out()
    sys.exit(main())
