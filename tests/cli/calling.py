"""Calling the command inside the test process, with streams of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from crm_rules.cli.app import run
from crm_rules.cli.session import Session

ROOT = Path(__file__).parents[2]
PACK = "tests/report/data/pack"
PROJECT = "tests/report/data/project.yaml"
TROUBLED = "examples/troubled-rollout/project.yaml"
STEADY = "examples/steady-course/project.yaml"

COMMAND = (sys.executable, "-c", "from crm_rules.cli import main; main()")


@dataclass(frozen=True)
class Result:
    """What a call left behind."""

    code: int
    out: str
    err: str


class Stream(io.TextIOWrapper):
    """A stream in memory that may claim to be a terminal."""

    def __init__(self, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def content(self) -> bytes:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


def call(*arguments: str | Path, terminal: bool = False, encoding: str = "utf-8") -> Result:
    """Call the command from the root of the checkout, so that files are named as readers see them."""
    out, err = Stream(terminal, encoding), Stream(terminal, encoding)
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        code = run([str(a) for a in arguments], Session(out=out, err=err))
    finally:
        os.chdir(before)
    return Result(code, out.content.decode(encoding), err.content.decode(encoding))


def spawn(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command as a process of its own, from the root of the checkout."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False
    )
