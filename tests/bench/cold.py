"""What a fresh process pays: importing the library, and compiling the bundled pack.

As in an installed library, modules are there as byte code; it is kept in a folder of the benchmark's own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.timing import duration, show, table

STARTS: Final = 5
"""Fresh processes per measurement."""

TARGET_COMPILE: Final = 1.0
"""Seconds in which the bundled pack is to be compiled."""

SHOWN: Final = 8
"""Packages shown among those that take long to import."""

_COMPILE: Final = """
import json, time
start = time.perf_counter()
import crm_rules.api as api
from crm_rules.engine.registry import engine_named
imported = time.perf_counter()
packs = api.load_packs()
loaded = time.perf_counter()
program = api.compile_packs(packs)
checked = time.perf_counter()
engine = engine_named("compiled")
engine.prepare(program)
generated = time.perf_counter()
engine.prepare(program)
cached = time.perf_counter()
print(json.dumps({
    "rules": len(program.rules),
    "import": imported - start,
    "load": loaded - imported,
    "check": checked - loaded,
    "generate": generated - checked,
    "cached": cached - generated,
}))
"""


def bench(rounds: int) -> None:
    """Measure and print; processes are started one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(min(rounds, STARTS), _Fresh(folder))


def _measure(starts: int, fresh: _Fresh) -> None:
    fresh.start("import crm_rules")
    python = statistics.median(fresh.seconds("pass") for _ in range(starts))
    imported = statistics.median(fresh.seconds("import crm_rules") for _ in range(starts))
    found: list[dict[str, Any]] = [json.loads(fresh.start(_COMPILE).stdout) for _ in range(starts)]
    steps = {step: statistics.median(f[step] for f in found) for step in ("load", "check", "generate", "cached")}
    show("A fresh process")
    show(f"{found[0]['rules']} rules in the bundled pack")
    rows = [
        ("Python itself", duration(python), ""),
        ("import crm_rules, beyond that", duration(imported - python), ""),
        ("read the pack (YAML)", duration(steps["load"]), ""),
        ("check and stratify", duration(steps["check"]), ""),
        ("generate and compile Python", duration(steps["generate"]), ""),
        (
            "pack ready to run",
            duration(steps["load"] + steps["check"] + steps["generate"]),
            f"at most {TARGET_COMPILE:.0f} s",
        ),
        ("the same program once more", duration(steps["cached"]), ""),
    ]
    table(("", "time", "target"), rows)
    shares = _import_shares(fresh.start("import crm_rules", "-X", "importtime").stderr)
    listed = ", ".join(f"{name} {seconds * 1e3:.0f} ms" for name, seconds in shares[:SHOWN])
    show(f"  Import by package, as -X importtime sees it: {listed}.")
    show()


@dataclass(frozen=True, slots=True)
class _Fresh:
    """Starts Python anew; byte code is kept in `folder`."""

    folder: str

    def start(self, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run code in a process of its own."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = self.folder
        command = [sys.executable, *options, "-c", code]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment)

    def seconds(self, code: str) -> float:
        """How long that takes, the start of Python included."""
        start = time.perf_counter()
        self.start(code)
        return time.perf_counter() - start


def _import_shares(log: str) -> list[tuple[str, float]]:
    """Seconds each package takes to import, its own modules only, longest first."""
    taken: dict[str, float] = {}
    for line in log.splitlines():
        _, _, columns = line.partition("import time:")
        cells = [c.strip() for c in columns.split("|")]
        if len(cells) == 3 and cells[0].isdigit():
            package = cells[2].partition(".")[0]
            package = package if package.strip("_") in _NAMED else "standard library"
            taken[package] = taken.get(package, 0.0) + int(cells[0]) / 1e6
    return sorted(taken.items(), key=lambda item: -item[1])


_NAMED: Final = frozenset(
    ("crm_rules", "networkx", "pydantic", "pydantic_core", "yaml", "rich", "click", "typing_extensions")
)
