"""What every file of the project owes its reader: a place, a charter, working references, no leftovers."""

from __future__ import annotations

import ast
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.checkout import DATA, FOLDERS, ROOT, files, ignored, modules, pyproject

TEXTS = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "constraints.txt", "pyproject.toml")
MARKDOWN = [path for path in files() if path.suffix == ".md"]

# What must not stand in any file, and a specimen. Patterns and specimens are spelt so that they do not match here.
LEFTOVERS = {
    "a path of some machine": (
        r"(?<![\w./-])/(?:farm|home|mnt|opt|root|tmp|work|Users)/\w|\b[A-Z]:\\Users\b",
        "see " + "/".join(("", "home", "ann", "notes.md")),
    ),
    "a package index": (
        r"\bindex[-]url\b|\bfind[-]links\b|pypi[.]org|python[h]osted|/[s]imple/?[\"' ]|--[h]ash=",
        "--extra-index" + "-url",
    ),
    "unfinished work": (r"\b(?:TO[D]O|FIX[M]E|XX[X]|Not[I]mplementedError)\b", "# TO" + "DO: later"),
    "a conflict marker": (r"^(?:<{7}|>{7}) ", "<" * 7 + " HEAD"),
}


def texts() -> dict[Path, str]:
    """All text files, by path; some files of tests are wrong on purpose, also in their encoding."""
    return {path: path.read_text("utf-8", "replace") for path in files() if path.suffix not in {".png", ".xlsx"}}


def shown(paths: Iterable[Path]) -> list[str]:
    """Paths as they are named in the checkout."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


def distribution(requirement: str) -> str:
    """The normalised name of what a requirement or a pin is about."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


@pytest.mark.parametrize("name", TEXTS)
def test_root_texts_exist_and_say_something(name: str) -> None:
    assert (ROOT / name).read_text("utf-8").strip()


def test_the_top_level_is_fixed() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert {name for name in folders if not ignored(Path(name))} <= set(FOLDERS)


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_no_file_contains(leftover: str) -> None:
    pattern = re.compile(LEFTOVERS[leftover][0], re.MULTILINE)
    hits = [
        (path, 1 + text.count("\n", 0, hit.start())) for path, text in texts().items() for hit in pattern.finditer(text)
    ]
    assert [f"{path.relative_to(ROOT)}:{line}" for path, line in hits] == []


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_a_specimen_of_each_leftover_is_noticed(leftover: str) -> None:
    pattern, specimen = LEFTOVERS[leftover]
    assert re.search(pattern, specimen, re.MULTILINE)


def test_every_module_starts_with_a_charter() -> None:
    bare = (path for path in modules() if ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None)
    assert shown(bare) == []


def test_no_file_but_data_is_large() -> None:
    large = (path for path in files() if path.suffix not in DATA and path.stat().st_size > 100_000)
    assert shown(large) == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_texts_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_named_in_texts_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", path.read_text("utf-8"))) <= targets


def test_readme_leads_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").rstrip().endswith("make test")


def test_every_requirement_is_pinned() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    project = pyproject()["project"]
    requirements = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    assert {distribution(r) for r in requirements} - {distribution(line) for line in lines} == {project["name"]}


def test_the_version_stands_in_one_place() -> None:
    pattern = re.compile(r"^(?:__version__|VERSION)\b[^=\n]*=\s*[\"']", re.MULTILINE)
    assert shown(path for path in modules() if pattern.search(path.read_text("utf-8"))) == []
