"""Terminals, pipes and files: colours and width, encodings, readers that stop reading."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crm_rules.cli.session import Session
from tests.cli.calling import COMMAND, PACK, PROJECT, ROOT, TROUBLED, call, spawn

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SMALL = ("assess", PROJECT, "--pack", PACK)
CODES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 90 columns that shows colours, unless a test says otherwise."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "90")


def test_a_terminal_gets_colours_and_its_own_width() -> None:
    out = call(*SMALL, terminal=True).out
    assert "\x1b[" in out
    assert max(map(len, CODES.sub("", out).split("\n"))) == 90


def test_no_terminal_gets_neither() -> None:
    out = call(*SMALL).out
    assert "\x1b" not in out
    assert max(map(len, out.split("\n"))) == 80


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    for arguments in (SMALL, ("rules", "list"), ("rules", "show", "goals.vague", "--pack", PACK)):
        result = call(*arguments, terminal=True)
        assert "\x1b[" not in result.out
        assert result.out


def test_problems_are_coloured_on_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    colored = call("assess", "no-such-file.yaml", terminal=True).err
    plain = call("assess", "no-such-file.yaml").err
    assert plain == "no-such-file.yaml: there is no such file\n1 error.\n"
    assert CODES.sub("", colored) == plain
    assert colored != plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert call("assess", "no-such-file.yaml", terminal=True).err == plain


def test_json_has_no_colours_even_on_a_terminal() -> None:
    assert call(*SMALL, "--format", "json", terminal=True).out == call(*SMALL, "--format", "json").out


def test_files_are_the_same_wherever_the_command_was_called(tmp_path: Path) -> None:
    for name, terminal in (("a.txt", False), ("b.txt", True)):
        call(*SMALL, "-o", tmp_path / name, terminal=terminal)
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()


def test_a_terminal_that_knows_ascii_only_is_spoken_to_in_ascii() -> None:
    out = call(*SMALL, terminal=True, encoding="ascii").out
    plain = CODES.sub("", out)
    assert plain.isascii()
    assert "-- What it comes to ---" in plain
    assert "5 x 5 = 25" in plain


def test_a_pipe_gets_utf_8_whatever_the_locale() -> None:
    done = spawn(*SMALL, PYTHONIOENCODING="ascii")
    assert done.stdout == call(*SMALL).out
    assert "→" in done.stdout


def test_nothing_moves_on_standard_error_without_a_terminal() -> None:
    done = spawn(*SMALL)
    assert (done.returncode, done.stderr) == (1, "")


def test_two_calls_give_the_same_bytes() -> None:
    outputs = {
        spawn(*SMALL, "--format", form, PYTHONHASHSEED=seed).stdout for seed in "12" for form in ("json", "text")
    }
    assert len(outputs) == 2


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_error(unbuffered: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "assess", TROUBLED, "--format", "json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "{\n"
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (1, "")


class Reluctant(io.BytesIO):
    """A stream that takes at most a hundred bytes at a time, as unbuffered ones may."""

    def write(self, data: ReadableBuffer) -> int:
        return super().write(memoryview(data)[:100])


def test_a_stream_that_takes_little_at_a_time_gets_everything() -> None:
    stream = io.TextIOWrapper(Reluctant(), encoding="utf-8", write_through=True)
    Session(out=stream).result("a long line\n" * 100)
    assert stream.buffer.getvalue() == b"a long line\n" * 100


def test_a_full_disk_is_said_in_a_sentence() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no device that is always full")
    with full.open("w", encoding="utf-8") as out:
        done = subprocess.run([*COMMAND, *SMALL], cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Error: Cannot write to standard output: no space left on device.\n")


def test_the_version_is_that_of_the_package() -> None:
    done = spawn("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"crm-rules (\d+\.\d+\.\d+|\(not installed\))\n", done.stdout)


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "crm_rules", "--version"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, spawn("--version").stdout)


@pytest.mark.parametrize("arguments", [("--help",), ("assess", "-h"), ("rules", "show", "--help"), ("test", "--help")])
def test_help_fits_a_narrow_terminal(arguments: tuple[str, ...]) -> None:
    done = spawn(*arguments, COLUMNS="80")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: crm-rules ")
    assert max(map(len, done.stdout.split("\n"))) <= 80


def test_json_of_a_process_is_json() -> None:
    done = spawn(*SMALL, "--format", "json")
    assert json.loads(done.stdout)["engine"] == "compiled"
