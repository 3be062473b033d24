"""Where the checkout is and what it is made of; no git needed, so that an unpacked sdist is checked alike."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "crm_rules", "docs", "examples", "rulesets", "tests")
DATA = frozenset({".json", ".png", ".svg", ".xlsx", ".xml"})


def pyproject() -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def ignored(path: Path) -> bool:
    """Whether .gitignore keeps a path, given relative to the checkout, out of it."""
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for pattern in (line.strip() for line in lines if line.strip() and not line.startswith("#")):
        names = path.parts[:1] if pattern.startswith("/") else path.parts
        if any(fnmatch(name, pattern.strip("/")) for name in names):
            return True
    return False


def files() -> Iterator[Path]:
    """Every file of the project, in sorted order."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        found += (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return iter(sorted(path for path in found if not ignored(path.relative_to(ROOT))))


def modules() -> Iterator[Path]:
    """Every Python file of the project, in sorted order."""
    return (path for path in files() if path.suffix == ".py")
