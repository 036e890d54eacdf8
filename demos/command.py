"""``chainrule demos [NAME] [--as FORM] [--data DIR] [--out FOLDER]``: the lectures in one file, or a demo."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from chainrule.demos import decks, engine, gpt, mnist, parallel
from chainrule.demos.options import Options

PROGRAMS = {"engine": engine, "gpt": gpt, "mnist": mnist, "parallel": parallel}  # these print
TRAINED = ("gpt", "mnist", "parallel")  # whose epochs can be chosen
WHOLE = "index"  # the file of all decks


def main(arguments: Sequence[str], prog: str) -> int:
    """Make the lectures, or run one demo, with the arguments of the command line, and give the exit code."""
    parser = _parser(prog)
    parsed = parser.parse_args(arguments)
    options = Options(parsed.data, parsed.out, parsed.epochs, parsed.settings or "lectures")
    _check(parser, parsed, options)
    if parsed.name in PROGRAMS:
        print(_title(parsed.name))
        PROGRAMS[parsed.name].run(options)
    else:
        names = list(decks.DECKS) if parsed.name is None else [parsed.name]
        form = parsed.form or decks.FORMS[0]
        print(decks.write(names, parsed.out / f"{parsed.name or WHOLE}.{form}", parsed.data))
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Make the lectures, five decks in one file. With a name, one deck or another demo:",
        epilog="\n".join(f"  {name:<14}  {_title(name)}" for name in (*decks.DECKS, *PROGRAMS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        type=_full_name,
        choices=(*decks.DECKS, *PROGRAMS),
        help="of the list below; a letter will do for a deck",
    )
    parser.add_argument(
        "--as",
        dest="form",
        choices=decks.FORMS,
        help="slides in the browser, pages for paper, or a notebook (default: html)",
    )
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
        help="for files (default: lectures)",
    )
    parser.add_argument(
        "--epochs", metavar="N", type=_epochs, help=f"of {', '.join(TRAINED)} (default: their own)"
    )
    parser.add_argument("--settings", choices=mnist.SETTINGS, help="of mnist (default: lectures)")
    return parser


def _full_name(text: str) -> str:
    """A deck's whole name from its letter; any other text as it is."""
    return next((name for name in decks.DECKS if name.startswith(f"{text.lower()}_")), text)


def _title(name: str) -> str:
    """The heading of a deck, or the first line of a demo's docstring."""
    return decks.title(name) if name in decks.DECKS else (PROGRAMS[name].__doc__ or "").partition("\n")[0]


def _check(parser: argparse.ArgumentParser, parsed: argparse.Namespace, options: Options) -> None:
    """End with an error now that would come only later, before anything is run."""
    if parsed.settings is not None and parsed.name != "mnist":
        parser.error(f"--settings is for mnist: {parser.prog} mnist --settings best --data DIR")
    if parsed.epochs is not None and parsed.name not in TRAINED:
        parser.error(f"--epochs is for {', '.join(TRAINED)}")
    if parsed.form is not None and parsed.name in PROGRAMS:
        parser.error(f"--as is for decks, and {parsed.name} prints")
    if parsed.name == "mnist" and parsed.data is None:
        parser.error("mnist takes --data DIR, the folder with the MNIST files")
    if parsed.data is not None and not parsed.data.is_dir():
        parser.error(f"there is no folder {parsed.data}; --data takes the folder with the MNIST files")
    if parsed.data is not None and parsed.name not in ("engine", "gpt"):
        try:
            options.digits  # noqa: B018 - read now
        except (ValueError, OSError) as error:
            parser.error(f"--data: {error}")
    if parsed.name == "parallel":
        try:
            parallel.devices()
        except ImportError as error:
            parser.error(str(error))
    if parsed.name not in ("engine", "mnist", "parallel"):
        try:
            parsed.out.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=parsed.out).close()
        except OSError as error:
            parser.error(f"--out: cannot write into {parsed.out}: {error.strerror}")


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a folder has a name")
    return Path(text).expanduser()


def _epochs(text: str) -> int:
    with suppress(ValueError):
        if (number := int(text)) >= 1:
            return number
    raise argparse.ArgumentTypeError(f"N is a whole number from 1, not {text!r}")
