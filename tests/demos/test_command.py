"""``chainrule demos``: its lectures and demos, its errors, and its end."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainrule.__main__ import main
from chainrule.demos import command, decks, engine, options

ROOT = Path(__file__).parents[2]
SMALL = """# %% [markdown]
# # S · A small deck

# %%
import os

os.environ.get("MNIST", "no folder")
"""


@pytest.fixture
def asked(monkeypatch):
    """The decks that the command asks for, in place of their files."""
    calls = []
    monkeypatch.setattr(
        decks, "write", lambda names, path, data=None: calls.append((list(names), path, data)) or path
    )
    return calls


@contextmanager
def process_of(*arguments):
    """The command in a process of its own, which has ended when this ends.

    It heeds Ctrl-C, also where this process does not, as one that a shell has started in the background.
    """
    heeding = None if sys.platform == "win32" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "chainrule", "demos", *arguments],
        preexec_fn=heeding,  # noqa: PLW1509 - nothing but this one call is made there
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_without_a_name_all_decks_are_written_in_lecture_order(asked, tmp_path, capsys):
    folder = tmp_path / "new" / "lectures"
    assert main(["demos", "--out", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder / 'index.html'}\n"
    ((names, path, data),) = asked
    assert names == list(decks.DECKS) == sorted(names)
    assert (path, data) == (folder / "index.html", None)
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("arguments", "name", "file"),
    [
        (["a"], "a_network", "a_network.html"),
        (["B", "--as", "pdf"], "b_descent", "b_descent.pdf"),
        (["b_descent", "--as", "ipynb"], "b_descent", "b_descent.ipynb"),
    ],
)
def test_a_deck_is_written_by_its_letter_or_its_name(arguments, name, file, asked, tmp_path):
    assert main(["demos", *arguments, "--out", str(tmp_path)]) == 0
    assert asked == [([name], tmp_path / file, None)]


def test_another_demo_runs_by_its_name_and_makes_no_folder_it_does_not_need(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demos", "engine"]) == 0
    assert capsys.readouterr().out.startswith("Engine: reverse mode")
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_each_name_is(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["demos", "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    names = [
        line.split()[0] for line in lines[lines.index("  --settings {lectures,best,deck-e}") + 2 :] if line
    ]
    assert names == [*decks.DECKS, *command.PROGRAMS]
    assert "  a_network       A · From a neuron to a network" in lines
    assert any(line.startswith("  mnist           MNIST: named settings") for line in lines)


def test_decks_are_joined_in_order_and_each_learns_of_the_data(mnist_folder, tmp_path, monkeypatch):
    """Two small decks, in processes of their own."""
    for name in ("s_small", "t_too"):
        path = tmp_path / f"{name}.py"
        path.write_text(SMALL.replace("S ·", f"{name[0].upper()} ·"), encoding="utf-8")
        monkeypatch.setitem(decks.DECKS, name, path)
    out = decks.write(["s_small", "t_too"], tmp_path / "both.html", mnist_folder)
    html = out.read_text(encoding="utf-8")
    assert html.index("S · A small deck") < html.index("T · A small deck")
    assert html.count(str(mnist_folder)) >= 2


def test_decks_that_run_in_this_process_leave_its_environment_as_it_was(mnist_folder, tmp_path, monkeypatch):
    """One deck, and decks of a PDF."""
    path = tmp_path / "s_small.py"
    path.write_text(SMALL, encoding="utf-8")
    monkeypatch.setitem(decks.DECKS, "s_small", path)
    monkeypatch.setenv("MNIST", "as it was")
    here = Path.cwd()
    monkeypatch.setattr(decks.multiprocessing, "get_context", lambda kind: pytest.fail("another process"))
    notebook = decks.write(["s_small"], tmp_path / "one.ipynb", mnist_folder)
    assert str(mnist_folder) in notebook.read_text(encoding="utf-8")
    assert decks.write(["s_small", "s_small"], tmp_path / "two.pdf").read_bytes().startswith(b"%PDF")
    assert (os.environ["MNIST"], Path.cwd()) == ("as it was", here)


def test_digits_are_drawn_once(quick):
    given = options.Options()
    assert given.digits is given.digits


# -- what is refused ------------------------------------------------------------------------------


def refused(arguments, capsys):
    """The message of a refusal: the last line, after argparse's usage."""
    with pytest.raises(SystemExit) as ended:
        main(["demos", *arguments])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    *usage, message = err.rstrip("\n").splitlines()
    assert "".join(usage).startswith("usage: chainrule demos")
    return message.removeprefix("chainrule demos: error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gpt", "--epochs", "0"], "argument --epochs: N is a whole number from 1, not '0'"),
        (["gpt", "--epochs", "many"], "argument --epochs: N is a whole number from 1, not 'many'"),
        (["gpt", "--epochs", "1.5"], "argument --epochs: N is a whole number from 1, not '1.5'"),
        (["--epochs", "3"], "--epochs is for gpt, mnist, parallel"),
        (["engine", "--epochs", "3"], "--epochs is for gpt, mnist, parallel"),
        (["--out", ""], "argument --out: a folder has a name"),
        (["nonsense"], "argument NAME: invalid choice: 'nonsense' (choose from"),
        (["--as", "docx"], "argument --as: invalid choice: 'docx' (choose from"),
        (["engine", "--as", "pdf"], "--as is for decks, and engine prints"),
        (["--data", "nowhere"], "there is no folder nowhere; --data takes the folder with the MNIST files"),
        (["mnist"], "mnist takes --data DIR"),
        (["mnist", "--settings", "worst", "--data", "."], "argument --settings: invalid choice: 'worst'"),
        (["engine", "--settings", "best"], "--settings is for mnist"),
        (["--settings", "best"], "--settings is for mnist"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(arguments, message, capsys):
    assert refused(arguments, capsys).startswith(message)


def test_data_that_cannot_be_read_is_refused_with_what_is_wrong(mnist_folder, tmp_path, capsys, monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert f"--data: {empty} lacks train-images" in refused(["--data", str(empty)], capsys)
    given = ["a", "--data", str(mnist_folder)]
    monkeypatch.setattr(options, "MNIST_HELD_OUT", 80)
    assert "80 training images; the last 80 are held out" in refused(given, capsys)
    labels = mnist_folder / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:50])
    assert "truncated" in refused(given, capsys)
    (mnist_folder / "train-images-idx3-ubyte").write_bytes(b"\x1f\x8bnonsense")
    assert "damaged gzip" in refused(given, capsys)


@pytest.mark.parametrize(
    ("form", "package"),
    [("html", "markdown_it"), ("pdf", "fpdf"), ("ipynb", "matplotlib"), ("html", "resvg_py")],
)
def test_a_package_that_is_missing_is_told_before_a_deck_runs(form, package, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(decks, "_parts", lambda task: pytest.fail("a deck runs"))
    with pytest.raises(SystemExit) as ended:
        main(["demos", "a", "--as", form, "--out", str(tmp_path)])
    assert ended.value.code == 1
    error = f'a lecture as {form} needs {package}: pip install "chainrule[all]"'
    assert capsys.readouterr().err == f"chainrule demos: error: {error}\n"


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        message = refused(["a", "--out", str(folder)], capsys)
        assert message.startswith(f"--out: cannot write into {folder}: ")
    assert (tmp_path / "file").read_text() == ""


# -- how it ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left", "index.html"), "[Errno 28] No space left: 'index.html'"),
        (ImportError('a plot needs matplotlib: pip install "chainrule[plots]"'),) * 2,
    ],
)
def test_an_error_that_is_no_mistake_of_the_demos_is_one_line(error, said, monkeypatch, capsys):
    def fail(options):
        raise error

    monkeypatch.setattr(engine, "run", fail)
    with pytest.raises(SystemExit) as ended:
        main(["demos", "engine"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"chainrule demos: error: {said}\n"


def test_ctrl_c_ends_it_with_130(monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", interrupted)
    assert main(["demos", "engine"]) == 130
    assert capsys.readouterr().err == "\ninterrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a process there is not sent Ctrl-C alone")
def test_ctrl_c_while_decks_run_ends_their_processes_too(tmp_path):
    with process_of("--out", str(tmp_path / "new")) as run:
        while not (tmp_path / "new").is_dir():  # made when the arguments are found good
            time.sleep(0.01)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (130, "", "\ninterrupted\n")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_reader_that_has_had_enough_is_no_error():
    with process_of("engine") as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        assert run.stderr.read() == ""
        assert run.wait(timeout=60) == 1


def test_a_test_that_fails_leaves_no_process_behind():
    with pytest.raises(ZeroDivisionError), process_of("gpt") as run:
        raise ZeroDivisionError
    assert run.poll() is not None
