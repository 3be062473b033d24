"""Text as authors see it, and files that are not what they should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.diagnostics import Span, render
from crm_rules.errors import DiagnosticError, ProjectError, RulesetError
from crm_rules.files.text import Limits, SourceText, read_source, shortened


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\n\n", ["", "", ""]),
        ("a\u2028b\x85c\x0bd", ["a\u2028b\x85c\x0bd"]),
        ("\ufeffa\nb", ["a", "b"]),
    ],
)
def test_lines_are_those_of_an_editor(text: str, lines: list[str]) -> None:
    source = SourceText("f", text)
    assert [source.line(n) for n in range(1, len(lines) + 1)] == lines
    assert source.line(0) is None
    assert source.line(len(lines) + 1) is None


@given(st.text(alphabet="ab\r\n\u2028ä"), st.data())
def test_a_position_leads_back_to_its_character(text: str, data: st.DataObject) -> None:
    source = SourceText("f", text)
    index = data.draw(st.integers(0, len(text)))
    line, column = source.position(index)
    written = source.line(line)
    assert written is not None
    assert written[column - 1 : column] == text[index : index + 1].strip("\r\n")
    assert source.span(index, 3) == Span("f", line, column, 3)


def test_a_problem_shows_its_line_with_unprintable_characters_replaced() -> None:
    source = SourceText("f", "one\ntwo\x1b[31m\tx")
    problem = source.problem("wrong", Span("f", 2, 4, 1), "do it right", "warning")
    assert render(problem) == ("f:2:4: warning: wrong\n    2 | two\ufffd[31m\tx\n      |    ^ do it right")


def test_a_problem_does_not_show_a_line_that_would_bury_it() -> None:
    assert SourceText("f", "x" * 400).problem("wrong", Span("f", 1, 1)).source == "x" * 400
    assert SourceText("f", "x" * 401).problem("wrong", Span("f", 1, 1)).source is None


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    problem = SourceText("f", "x").no_content()
    assert problem.span == Span("f")
    assert problem.source is None
    assert problem.message == "the file is empty"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", "abc"), ("a\n\tb", "a  b"), ("x" * 60, "x" * 60), ("x" * 61, "x" * 59 + "…"), ("\x07", "\ufffd")],
)
def test_quoted_pieces_are_short_and_on_one_line(text: str, expected: str) -> None:
    assert shortened(text) == expected


GOOD_FILES = {
    "plain": (b"a: 1\n", "a: 1\n"),
    "empty": (b"", ""),
    "accents": ("ä€😀".encode(), "ä€😀"),
    "byte order mark": (b"\xef\xbb\xbfa: 1", "a: 1"),
    "UTF-16 little endian": (b"\xff\xfe" + "ä😀".encode("utf-16-le"), "ä😀"),
    "UTF-16 big endian": (b"\xfe\xff" + "ä😀".encode("utf-16-be"), "ä😀"),
    "line ends": (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
}


@pytest.mark.parametrize("case", GOOD_FILES)
def test_good_files_are_read_as_written(case: str, tmp_path: Path) -> None:
    data, expected = GOOD_FILES[case]
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    source = read_source(path, ProjectError)
    assert source == SourceText(str(path), expected)


# Content of a file, its name, and the error as shown behind the name.
BAD_FILES: dict[str, tuple[bytes, str, str]] = {
    "xlsx": (b"PK\x03\x04rest", "f.xlsx", "this is an Excel workbook, where a text file is expected"),
    "xlsx by another name": (b"PK\x03\x04..xl/workbook.xml", "f.yaml", "this is an Excel workbook"),
    "zip": (b"PK\x03\x04rest", "f.yaml", "this is a zip archive\n  unpack it first"),
    "empty zip": (b"PK\x05\x06rest", "f.yaml", "this is a zip archive"),
    "pdf": (b"%PDF-1.7\n", "f.yaml", "this is a PDF document"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "f.mpp", "this is a binary Office file (.xls, .doc or .mpp)"),
    "gzip": (b"\x1f\x8b\x08", "f.yaml", "this is a gzip archive"),
    "zero byte": (b"abc\0def", "f.yaml", "this is a binary file (a zero byte at offset 3)"),
    "UTF-16 without mark": ("abc".encode("utf-16-le"), "f.yaml", "this is a binary file (a zero byte at offset 1)"),
    "UTF-32": (b"\xff\xfe\x00\x00a\x00\x00\x00", "f.yaml", "the file is encoded as UTF-32\n  save it as UTF-8"),
    "damaged UTF-16": (b"\xff\xfea", "f.yaml", "the file is damaged UTF-16 at byte offset"),
    "Latin-1": (
        "a: 1\nb: für\n".encode("latin-1"),
        "f.yaml",
        "2:5: the file is not UTF-8: byte offset 9 (on line 2) is 0xFC\n    2 | b: f\ufffdr\n      |     ^ save",
    ),
    "Latin-1 behind a mark": (
        b"\xef\xbb\xbfa: \xe4",
        "f.yaml",
        "1:4: the file is not UTF-8: byte offset 6 (on line 1) is 0xE4",
    ),
    "cut off": ("ä".encode()[:1], "f.yaml", "1:1: the file is not UTF-8: byte offset 0 (on line 1) is 0xC3"),
    "behind wide characters": ("😀ä\r\n😀".encode() + b"\xff", "f", "2:2: the file is not UTF-8: byte offset 12"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_files_that_are_no_text_are_refused(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, name, expected = BAD_FILES[case]
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    assert refusal(name).startswith((f"{name}: {expected}", f"{name}:{expected}"))


def refusal(name: str, limits: Limits | None = None) -> str:
    """The error of reading a file, as shown."""
    with pytest.raises(ProjectError) as caught:
        read_source(name, ProjectError, limits or Limits())
    assert len(caught.value.diagnostics) == 1
    return str(caught.value)


def test_a_missing_file_is_named_as_given_with_its_nearest_neighbour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("sub/project.yaml").touch()
    assert refusal("sub/projct.yaml") == "sub/projct.yaml: there is no such file\n  did you mean 'sub/project.yaml'?"
    assert refusal("sub/other") == "sub/other: there is no such file"
    assert refusal("nowhere/other") == "nowhere/other: there is no such file"


def test_a_crowded_folder_is_not_searched_for_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("crm_rules.files.text._LARGEST_FOLDER_SEARCHED", 1)
    Path("project.yaml").touch()
    assert "did you mean" in refusal("projct.yaml")
    Path("second").touch()
    assert "did you mean" not in refusal("projct.yaml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(str(tmp_path)) == f"{tmp_path}: this is a folder, not a file\n  name the file in it"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "not a regular file but a device, pipe or socket" in refusal(str(pipe))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the platform has no endless device")
def test_an_endless_device_is_refused() -> None:
    assert "not a regular file but a device, pipe or socket" in refusal("/dev/zero")


def test_a_file_behind_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("a", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "f")
    assert read_source(tmp_path / "link", ProjectError).text == "a"


def test_names_no_file_can_have_are_refused(tmp_path: Path) -> None:
    assert "the file cannot be read" in refusal("a\0b")
    assert "the file cannot be read" in refusal("x" * 5000)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "the file cannot be read" in refusal(str(tmp_path / "loop"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.touch()

    def denied(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert refusal(str(path)).startswith(f"{path}: the file may not be read\n")


def test_the_size_limit_is_named_and_exact(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 1_234)
    assert read_source(path, ProjectError, Limits(max_bytes=1_234)).text == "x" * 1_234
    expected = f"{path}: the file has 1,234 bytes, more than 1,233 (limit max_bytes)"
    assert refusal(str(path), Limits(max_bytes=1_233)) == expected


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.touch()
    os.truncate(path, 50_000_000)
    monkeypatch.delattr(Path, "open")
    assert "the file has 50,000,000 bytes, more than 10,000,000 (limit max_bytes)" in refusal(str(path))


def test_a_file_larger_than_it_reports_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, small = tmp_path / "f", tmp_path / "small"
    path.write_bytes(b"x" * 100)
    small.touch()
    reported = small.stat()
    monkeypatch.setattr(Path, "stat", lambda _: reported)
    assert refusal(str(path), Limits(max_bytes=99)).endswith(
        "the file is larger than it reports, more than 99 (limit max_bytes)"
    )


@pytest.mark.parametrize("error", [ProjectError, RulesetError])
def test_whose_file_it_is_decides_the_error(error: type[DiagnosticError], tmp_path: Path) -> None:
    with pytest.raises(error) as caught:
        read_source(tmp_path / "missing", error)
    assert type(caught.value) is error
    assert caught.value.__suppress_context__
