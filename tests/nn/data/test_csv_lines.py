"""MNIST as lines of text: whole files, and every way a line can be wrong."""

import gzip
import re
import tracemalloc

import numpy as np
import pytest

import nn
from nn.data import _csv_lines

GREY = np.random.default_rng(0).integers(256, size=(5, 784))
LABELS = [7, 0, 9, 3, 3]
LINES = [",".join(map(str, [label, *row])) for label, row in zip(LABELS, GREY, strict=True)]


def written(folder, lines, ending="\n"):
    path = folder / "digits.csv"
    path.write_bytes(ending.join(lines).encode())
    return path


def changed(line, column, text):
    fields = line.split(",")
    fields[column] = text
    return ",".join(fields)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_line_is_a_label_and_784_grey_values(tmp_path, ending):
    digits = nn.data.read_csv(written(tmp_path, LINES, ending))
    assert digits.labels.tolist() == LABELS
    assert (digits.labels.dtype, digits.images.dtype) == (np.int64, np.float32)
    np.testing.assert_allclose(digits.images, 0.01 + 0.99 * GREY / 255, rtol=0, atol=1e-6)


def test_a_heading_empty_lines_and_gzip_make_no_difference(tmp_path):
    plain = nn.data.read_csv(written(tmp_path, LINES))
    heading = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    path = tmp_path / "packed.csv.gz"
    path.write_bytes(gzip.compress("\n".join([heading, "", *LINES, "", ""]).encode("utf-8-sig")))
    other = nn.data.read_csv(path)
    assert np.array_equal(other.images, plain.images)
    assert np.array_equal(other.labels, plain.labels)


def test_spaces_signs_and_zeros_before_a_number_do_not_matter(tmp_path):
    line = changed(changed(changed(LINES[0], 1, " 12 "), 2, "+7"), 3, "00000000000250")
    digits = nn.data.read_csv(written(tmp_path, [line]))
    assert np.array_equal(digits.images[0, :3], nn.data.scaled([12, 7, 250]))
    with pytest.raises(ValueError, match="column 10: grey value '256'"):
        nn.data.read_csv(written(tmp_path, [changed(line, 9, "256")]))


def test_a_spreadsheets_mark_is_no_part_of_the_first_number(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text("\n".join(LINES), encoding="utf-8-sig")
    assert nn.data.read_csv(path).labels.tolist() == LABELS


def test_a_first_line_with_a_number_is_no_heading(tmp_path):
    with pytest.raises(ValueError, match=r"digits\.csv, line 1, column 1: label 'seven'"):
        nn.data.read_csv(written(tmp_path, [changed(LINES[0], 0, "seven"), *LINES]))


def test_lines_are_counted_as_an_editor_does(tmp_path):
    heading = ",".join(["label"] * 785)
    with pytest.raises(ValueError, match=r"digits\.csv, line 5: 1 columns"):
        nn.data.read_csv(written(tmp_path, ["", heading, LINES[0], "", "7"]))


def test_more_lines_than_are_read_together(tmp_path, monkeypatch):
    monkeypatch.setattr(_csv_lines, "BLOCK", 2)
    assert nn.data.read_csv(written(tmp_path, LINES)).labels.tolist() == LABELS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (LINES[3] + ",0", "line 4: 786 columns separated by commas, expected 785"),
        (LINES[3].rpartition(",")[0], "line 4: 784 columns"),
        (changed(LINES[3], 0, "10"), "line 4, column 1: label '10' is not a whole number from 0 to 9"),
        (changed(LINES[3], 5, "256"), "line 4, column 6: grey value '256' .* from 0 to 255"),
        (changed(LINES[3], 5, "-1"), "line 4, column 6: grey value '-1'"),
        (changed(LINES[3], 784, "0.5"), r"line 4, column 785: grey value '0\.5'"),
        (changed(LINES[3], 5, "ink"), "line 4, column 6: grey value 'ink'"),
        (changed(LINES[3], 5, ""), "line 4, column 6: grey value ''"),
        (changed(LINES[3], 5, "1_0"), "line 4, column 6: grey value '1_0'"),
        (changed(LINES[3], 5, "9" * 5000), "line 4, column 6: grey value '9{20}'"),
        ("seven", "line 4: 1 columns"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path, line, message, monkeypatch):
    lines = [*LINES[:3], line, *LINES[4:]]
    for block in (1, 2, 100):
        monkeypatch.setattr(_csv_lines, "BLOCK", block)
        with pytest.raises(ValueError, match=rf"digits\.csv, {message}"):
            nn.data.read_csv(written(tmp_path, lines))


def test_a_file_without_digits_or_with_broken_gzip_is_named(tmp_path):
    for lines in ([], [""], ["", " "], [",".join(["label"] * 785)]):
        with pytest.raises(ValueError, match=r"digits\.csv: holds no digits"):
            nn.data.read_csv(written(tmp_path, lines))
    path = tmp_path / "broken.csv.gz"
    path.write_bytes(gzip.compress("\n".join(LINES).encode())[:-20])
    with pytest.raises(ValueError, match=r"broken\.csv\.gz: damaged gzip"):
        nn.data.read_csv(path)
    with pytest.raises(FileNotFoundError):
        nn.data.read_csv(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("lines", [LINES, LINES[:1]])
@pytest.mark.parametrize(("name", "sign"), [("tabs", "\t"), ("semicolons", ";"), ("spaces", " ")])
def test_another_separator_is_named_and_replacing_it_helps(tmp_path, lines, name, sign):
    path = written(tmp_path, [line.replace(",", sign) for line in lines])
    with pytest.raises(ValueError, match=f"line 1: 1 columns .*There are 785 separated by {name}") as raised:
        nn.data.read_csv(path)
    advice = re.search(r"text\.replace\(.*?, '.'\)", str(raised.value))[0]
    path.write_text(eval(advice, {"text": path.read_text()}))
    assert nn.data.read_csv(path).labels.tolist() == LABELS[: len(lines)]


def test_a_line_that_goes_on_for_ever_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"7," * 10_000_000, compresslevel=1))
    tracemalloc.start()
    with pytest.raises(ValueError, match="line 1: longer than 100,000 characters"):
        nn.data.read_csv(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
