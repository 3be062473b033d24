"""One call of the command: its streams, what they can show, and the only places that write to them.

Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.status import Status

from crm_rules.report.page import DEFAULT_WIDTH, WIDEST

PATIENCE_SECONDS: Final = 0.5
"""How long a step may take before a terminal says that it is under way."""

_PLAIN: Final = str.maketrans(
    {
        "─": "-",
        "→": ">",
        "·": "-",
        "×": "x",
        "…": "...",
        "–": "-",
        "’": "'",
        "\ufffd": "?",
        "●": "*",
        "○": "o",
        "◆": "^",
        "✓": "+",
        "▌": "|",
        "✗": "x",
        "█": "#",
    }
)
"""What stands for a character on terminals that cannot show it."""


@dataclass
class Session:
    """One call of the command.

    Attributes:
        debug: whether a defect is shown with its traceback.
    """

    debug: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    # -- what the streams can show ----------------------------------------------------------

    @cached_property
    def _out_console(self) -> Console:
        return Console(file=self.out)

    @cached_property
    def _err_console(self) -> Console:
        return Console(file=self.err)

    @property
    def color(self) -> bool:
        """Whether results may use colours; NO_COLOR and dumb terminals are respected."""
        return _shows_color(self._out_console)

    @property
    def width(self) -> int:
        """Columns of results: those of the terminal up to a width that reads well, else a fixed number."""
        return min(self._out_console.width, WIDEST) if self._out_console.is_terminal else DEFAULT_WIDTH

    @property
    def err_color(self) -> bool:
        """Whether messages may use colours."""
        return _shows_color(self._err_console)

    # -- writing ----------------------------------------------------------------------------

    def result(self, text: str) -> None:
        """Write to standard output: as UTF-8, except to a terminal of another encoding.

        A reader that has seen enough (`| head`) is no error.
        """
        _write(self.out, text, "standard output")

    def binary_result(self, content: bytes) -> None:
        """Write to standard output as it is.

        Raises:
            click.UsageError: standard output is a terminal, which would not survive it.
        """
        if self.out.isatty():
            raise click.UsageError("This format is not for terminals: give it a file with -o.")
        _write_bytes(self.out, content, "standard output")

    def note(self, text: str) -> None:
        """Write a line to standard error."""
        _write(self.err, text if text.endswith("\n") else text + "\n", "standard error")

    # -- progress ---------------------------------------------------------------------------

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Say on the terminal what is being done, if it takes a while."""
        if not self._err_console.is_terminal:
            yield
            return
        lock = threading.Lock()
        status = Status(doing, console=self._err_console)
        over = False

        def show() -> None:
            with lock:
                if not over:
                    status.start()

        timer = threading.Timer(PATIENCE_SECONDS, show)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            with lock:
                over = True
                timer.cancel()
                status.stop()

    @contextmanager
    def counting(self, doing: str) -> Iterator[Callable[[int, int], None] | None]:
        """A bar for steps that can be counted, told how many are done and how many there are.

        None when there is no terminal to show it.
        """
        if not self._err_console.is_terminal:
            yield None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._err_console, transient=True) as bar:
            task = bar.add_task(doing, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _shows_color(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal and not console.no_color


def _write(stream: TextIO, text: str, name: str) -> None:
    with _reported(stream, name):
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("_", "-")
        if encoding != "utf-8" and stream.isatty():
            stream.write(text.translate(_PLAIN).encode(encoding, "replace").decode(encoding))
        elif hasattr(stream, "buffer"):
            # The same bytes everywhere; a name that is no text (it came from a file system) is spelt out.
            _push(stream, text.encode("utf-8", "backslashreplace"))
        else:
            stream.write(text)
        stream.flush()


def _write_bytes(stream: TextIO, content: bytes, name: str) -> None:
    with _reported(stream, name):
        _push(stream, content)
        stream.flush()


def _push(stream: TextIO, content: bytes) -> None:
    stream.flush()
    rest = memoryview(content)
    while rest:
        # Unbuffered streams (python -u) may take less than they are given.
        rest = rest[stream.buffer.write(rest) :]


@contextmanager
def _reported(stream: TextIO, name: str) -> Iterator[None]:
    """A reader that has seen enough is no error; anything else that goes wrong is one in words."""
    try:
        yield
    except BrokenPipeError:
        _mute(stream)
    except OSError as error:
        _mute(stream)
        reason = (error.strerror or str(error)).lower()
        raise click.ClickException(f"Cannot write to {name}: {reason}.") from None


def _mute(stream: TextIO) -> None:
    """Point a stream nobody reads any more at nothing, so that Python does not complain when it ends."""
    with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123 - a device, not a path
        os.dup2(nothing.fileno(), stream.fileno())
