"""Many assessments in one process: memory and threads before and after.

    python -m tests.soak --runs 10000 --engine durable

Prints what it saw and ends with exit code 1 when memory grew by more than 20 MB or a thread was left.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from crm_rules import api
from tests.house.checkout import ROOT

MOST_GROWTH = 20_000_000
"""Bytes by which a process may grow."""


def resident_bytes() -> int:
    """Memory of this process that is held in RAM."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


def soak(engine: str, runs: int, isolated: bool = False) -> tuple[int, int]:
    """Assess an example project so many times; returns bytes and threads gained since the hundredth time."""
    assessor = api.Assessor(engine=engine, isolated=isolated)
    project = api.load_project(ROOT / "examples" / "troubled-rollout" / "project.yaml")
    for _ in range(100):
        assessor.assess(project)
    memory, threads = resident_bytes(), threading.active_count()
    for _ in range(runs - 100):
        assessor.assess(project)
    return resident_bytes() - memory, threading.active_count() - threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="soak", description="Assess one project many times in one process.")
    parser.add_argument("--runs", type=int, default=10_000, help="how many times (default: 10000)")
    parser.add_argument("--engine", default="durable", help="name of the engine (default: durable)")
    parser.add_argument("--isolated", action="store_true", help="run the engine in a process of its own")
    options = parser.parse_args(arguments)
    memory, threads = soak(options.engine, options.runs, options.isolated)
    sys.stdout.write(
        f"{options.runs:,} assessments with {options.engine}: {memory / 1e6:+.1f} MB, {threads:+d} threads\n"
    )
    return int(memory > MOST_GROWTH or threads != 0)


if __name__ == "__main__":
    sys.exit(main())
