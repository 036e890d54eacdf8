"""``python -m demos``: its lectures, its errors, and its end."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import viz
from demos import __main__, backquery, gates, gpt, options

ROOT = Path(__file__).parents[2]
TITLES = ["Deck A", "Deck B", "Deck C", "Engine", "Deck D", *(f"Deck E, part {n}" for n in (1, 2, 3)), "GPT"]


@pytest.fixture
def unpictured(monkeypatch):
    """Pictures that are only written, not drawn."""
    monkeypatch.setattr(viz, "render", lambda drawing, path: path.write_text(""))
    monkeypatch.setattr(backquery, "draw", lambda pictures, read, path: path.write_text(""))
    monkeypatch.setattr(gpt, "draw", lambda net, path: path.write_text(""))


@contextmanager
def command(*arguments):
    """The command in a process of its own, which has ended when this ends.

    It heeds Ctrl-C, also where this process does not, as one that a shell has started in the background.
    """
    heeding = None if sys.platform == "win32" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "demos", *arguments],
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


def test_every_lecture_runs_in_lecture_order(quick, unpictured, tmp_path, capsys):
    assert __main__.main(["--out", str(tmp_path / "new" / "lectures"), "--epochs", "2"]) == 0
    printed = capsys.readouterr().out
    titles = [
        line.partition(":")[0] for line in printed.splitlines() if line.startswith(("Deck", "Engine", "GPT"))
    ]
    assert titles == TITLES
    written = sorted(path.name for path in (tmp_path / "new" / "lectures").iterdir())
    assert written == ["backquery.png", "chain.png", "chain.svg", "gpt.png"]


def test_one_lecture_runs_by_its_name_and_makes_no_folder_it_does_not_need(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert __main__.main(["gates"]) == 0
    assert capsys.readouterr().out.startswith("Deck E, part 1: gates")
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_each_name_is(capsys):
    with pytest.raises(SystemExit) as ended:
        __main__.main(["--help"])
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    for name, title in zip(__main__.ALL, [*TITLES, "MNIST", "Data-parallel"], strict=True):
        assert f"  {name:<9}  {title}: " in printed


def test_the_mnist_files_are_used_where_they_are_given(mnist_folder, unpictured, tmp_path, capsys):
    assert (
        __main__.main(["digits", "--data", str(mnist_folder), "--out", str(tmp_path), "--epochs", "1"]) == 0
    )
    assert "60 images of MNIST" in capsys.readouterr().out


def test_digits_are_drawn_once_for_all(quick):
    given = options.Options()
    assert given.digits is given.digits


# -- what is refused ------------------------------------------------------------------------------


def refused(arguments, capsys):
    """The message of a refusal: the last line, after argparse's usage."""
    with pytest.raises(SystemExit) as ended:
        __main__.main(arguments)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    *usage, message = err.rstrip("\n").splitlines()
    assert "".join(usage).startswith("usage: python -m demos")
    return message.removeprefix("python -m demos: error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "argument --epochs: N is a whole number from 1, not '0'"),
        (["--epochs", "many"], "argument --epochs: N is a whole number from 1, not 'many'"),
        (["--epochs", "1.5"], "argument --epochs: N is a whole number from 1, not '1.5'"),
        (["--out", ""], "argument --out: a folder has a name"),
        (["nonsense"], "argument NAME: invalid choice: 'nonsense' (choose from"),
        (["--data", "nowhere"], "there is no folder nowhere; --data takes the folder with the MNIST files"),
        (["mnist"], "mnist takes --data DIR"),
        (["mnist", "--settings", "worst", "--data", "."], "argument --settings: invalid choice: 'worst'"),
        (["gates", "--settings", "best"], "--settings is for mnist"),
        (["--settings", "best"], "--settings is for mnist"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(arguments, message, capsys):
    assert refused(arguments, capsys).startswith(message)


def test_data_that_cannot_be_read_is_refused_with_what_is_wrong(mnist_folder, tmp_path, capsys, monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert f"--data: {empty} lacks train-images" in refused(["--data", str(empty)], capsys)
    given = ["digits", "--data", str(mnist_folder)]
    monkeypatch.setattr(options, "MNIST_HELD_OUT", 80)
    assert "80 training images; the last 80 are held out" in refused(given, capsys)
    labels = mnist_folder / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:50])
    assert "truncated" in refused(given, capsys)
    (mnist_folder / "train-images-idx3-ubyte").write_bytes(b"\x1f\x8bnonsense")
    assert "damaged gzip" in refused(given, capsys)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        message = refused(["chain", "--out", str(folder)], capsys)
        assert message.startswith(f"--out: cannot write pictures into {folder}: ")
    assert (tmp_path / "file").read_text() == ""


# -- how it ends ----------------------------------------------------------------------------------


def test_an_error_of_the_system_is_one_line(monkeypatch, capsys):
    def full(options):
        raise OSError(28, "No space left on device", "lectures/chain.svg")

    monkeypatch.setattr(gates, "run", full)
    with pytest.raises(SystemExit) as ended:
        __main__.main(["gates"])
    assert ended.value.code == 1
    message = "python -m demos: error: [Errno 28] No space left on device: 'lectures/chain.svg'\n"
    assert capsys.readouterr().err == message


def test_ctrl_c_ends_it_with_130(monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(gates, "run", interrupted)
    assert __main__.main(["gates"]) == 130
    assert capsys.readouterr().err == "\ninterrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a process there is not sent Ctrl-C alone")
def test_ctrl_c_while_a_net_is_trained_tells_what_it_has_learnt_so_far():
    with command("digits", "--epochs", "1000") as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith("      1  "):  # the row of the first epoch
                break
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "trained so far, it gets" in out
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err


def test_a_reader_that_has_had_enough_is_no_error():
    with command("gates") as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        assert run.stderr.read() == ""
        assert run.wait(timeout=60) == 1


def test_a_test_that_fails_leaves_no_process_behind():
    with pytest.raises(ZeroDivisionError), command("digits", "--epochs", "1000") as run:
        raise ZeroDivisionError
    assert run.poll() is not None
