"""``python -m demos [NAME] [--data DIR] [--out FOLDER] [--epochs N]``: the lectures, or one of them."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from demos import backquery, chain, digits, engine, errors, gates, gpt, layers, mnist, parallel, softmax
from demos.options import Options

LECTURES = {
    "layers": layers, "digits": digits, "chain": chain, "engine": engine, "softmax": softmax,
    "gates": gates, "errors": errors, "backquery": backquery, "gpt": gpt,
}  # fmt: skip
ALL = LECTURES | {"mnist": mnist, "parallel": parallel}  # minutes, and JAX: run by their names only
DRAWING = {"chain", "backquery", "gpt"}
READING = {"digits", "backquery", "mnist", "parallel"}
INTERRUPTED = 130  # exit code after Ctrl-C: 128 plus the number of the signal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the lectures with the arguments of the command line, and give the exit code."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    chosen = list(LECTURES) if parsed.name is None else [parsed.name]
    options = Options(parsed.data, parsed.out, parsed.epochs, parsed.settings or "lectures")
    try:
        _check(parser, parsed, options, chosen)
        for i, name in enumerate(chosen):
            print("\n" * (2 * bool(i)) + _title(name))
            ALL[name].run(options)
        sys.stdout.flush()  # so that a pipe that was closed is noticed here
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demos",
        description="Run the lectures, in lecture order, or one of them:",
        epilog="\n".join(f"  {name:<9}  {_title(name)}" for name in ALL),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", choices=ALL, help="a lecture of the list below")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=_folder,
        help="folder with the MNIST files; without it, digits drawn here",
    )
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=_folder,
        default=Path("lectures"),
        help="for pictures (default: lectures)",
    )
    parser.add_argument("--epochs", metavar="N", type=_epochs, help="of training (default: the lecture's)")
    parser.add_argument("--settings", choices=mnist.SETTINGS, help="of mnist (default: lectures)")
    return parser


def _title(name: str) -> str:
    """The first line of a lecture's docstring."""
    return (ALL[name].__doc__ or "").partition("\n")[0]


def _check(
    parser: argparse.ArgumentParser, parsed: argparse.Namespace, options: Options, chosen: list[str]
) -> None:
    """End with an error now that would come only later, before anything is run."""
    if parsed.settings is not None and parsed.name != "mnist":
        parser.error("--settings is for mnist: python -m demos mnist --settings best --data DIR")
    if parsed.name == "mnist" and parsed.data is None:
        parser.error("mnist takes --data DIR, the folder with the MNIST files")
    if parsed.data is not None and not parsed.data.is_dir():
        parser.error(f"there is no folder {parsed.data}; --data takes the folder with the MNIST files")
    if parsed.data is not None and not READING.isdisjoint(chosen):
        try:
            options.digits  # noqa: B018 - read now
        except (ValueError, OSError) as error:
            parser.error(f"--data: {error}")
    if parsed.name == "parallel":
        try:
            parallel.devices()
        except ImportError as error:
            parser.error(str(error))
    if not DRAWING.isdisjoint(chosen):
        try:
            parsed.out.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=parsed.out).close()
        except OSError as error:
            parser.error(f"--out: cannot write pictures into {parsed.out}: {error.strerror}")


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a folder has a name")
    return Path(text).expanduser()


def _epochs(text: str) -> int:
    with suppress(ValueError):
        if (number := int(text)) >= 1:
            return number
    raise argparse.ArgumentTypeError(f"N is a whole number from 1, not {text!r}")


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ∂ and σ shows ? in their place
    sys.exit(main())
