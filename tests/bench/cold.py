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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.timing import duration, show, table

STARTS: Final = 5
"""Fresh processes per measurement."""

TARGET: Final = 1.0
"""Seconds in which the bundled pack is to be ready to run."""

CHECKOUT: Final = Path(__file__).parents[2]

NAMED: Final = ("crm_rules", "networkx", "pydantic", "pydantic_core", "yaml")
"""Packages whose import is shown by itself."""

STEPS: Final = {
    "python": "Python itself",
    "import": "import crm_rules",
    "read": "read the pack (YAML)",
    "check": "check and stratify",
    "generate": "generate and compile Python",
    "again": "the same program once more",
}

_CODE: Final = """
import json, time
times = {"python": time.process_time()}
def done(step):
    times[step] = time.process_time() - sum(times.values())
import crm_rules.api as api
from crm_rules.engine.registry import engine_named
done("import")
packs = api.load_packs()
done("read")
program = api.compile_packs(packs)
done("check")
engine = engine_named("compiled")
engine.prepare(program)
done("generate")
engine.prepare(program)
done("again")
print(json.dumps({"rules": len(program.rules), **times}))
"""


def bench(rounds: int) -> None:
    """Measure and print; processes are started one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = _Fresh(folder)
        fresh.start(_CODE)
        found: list[dict[str, Any]] = [json.loads(fresh.start(_CODE).stdout) for _ in range(min(rounds, STARTS))]
        shares = _import_shares(fresh.start("import crm_rules", "-X", "importtime").stderr)
    seconds = {step: statistics.median(f[step] for f in found) for step in STEPS}
    ready = seconds["read"] + seconds["check"] + seconds["generate"]
    show("A fresh process")
    show(f"{found[0]['rules']} rules in the bundled pack")
    rows = [(words, duration(seconds[step]), "") for step, words in STEPS.items()]
    rows.insert(-1, ("pack ready to run", duration(ready), f"at most {TARGET:.0f} s"))
    table(("", "time", "target"), rows)
    listed = ", ".join(f"{name} {share:.0%}" for name, share in shares)
    show(f"  Import time by package, as -X importtime sees it: {listed}.")
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
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=CHECKOUT)


def _import_shares(log: str) -> list[tuple[str, float]]:
    """Share of each package in the import, its own modules only, largest first; the small ones together."""
    taken: dict[str, int] = {}
    for line in log.splitlines():
        _, _, columns = line.partition("import time:")
        cells = [c.strip() for c in columns.split("|")]
        if len(cells) == 3 and cells[0].isdigit():
            package = cells[2].partition(".")[0]
            package = package if package in NAMED else "others"
            taken[package] = taken.get(package, 0) + int(cells[0])
    total = sum(taken.values())
    return sorted(((name, micros / total) for name, micros in taken.items()), key=lambda item: -item[1])
