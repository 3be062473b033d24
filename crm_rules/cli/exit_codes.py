"""What the numbers a command ends with mean: one table for code, tests and documentation."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit code of a command."""

    OK = 0  # done, and nothing found that counts
    FOUND = 1  # findings at or above --fail-on, or examples of a pack that fail
    USAGE = 2  # the command was called in a way it does not understand, or cannot write where it should
    INVALID = 3  # a project or a pack cannot be used as it is or by the chosen engine, or runs into a limit
    INTERNAL = 4  # engines disagree, or a defect of this program
    INTERRUPTED = 130  # stopped by whoever started it (128 + SIGINT)
