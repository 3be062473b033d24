"""Whatever is wrong with a file, the command says what and where (or which limit), and never shows a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.calling import PACK, PROJECT, ROOT, Result, call, spawn

HEAD = "schema: crm-rules/project/1\n"


def bomb(levels: int) -> str:
    """A project of a few lines that stands for 10 to the power of `levels` values."""
    lines = [HEAD + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(50_000_000)


# What lies at the path (text, bytes, or made by a function), and what is said about it, the path written as {}.
PROJECTS: dict[str, tuple[str | bytes | Callable[[Path], None], list[str]]] = {
    "missing file": (lambda _: None, ["{}: there is no such file"]),
    "directory": (Path.mkdir, ["{}: this is a folder, not a file"]),
    "empty": ("", ["{}: the file is empty"]),
    "comments only": ("# nothing here\n\n", ["{}: the file is empty"]),
    "50 MB": (large, ["{}: the file has 50,000,000 bytes, more than 10,000,000 (limit max_bytes)"]),
    "binary": (HEAD.encode() + b"\x00\x01\x02", ["{}: this is a binary file (a zero byte at offset 28)"]),
    "workbook": (
        b"PK\x03\x04....xl/workbook.xml",
        ["{}: this is an Excel workbook, where a text file is expected"],
    ),
    "wrong encoding": (
        HEAD.encode() + "project: {name: Müller}\n".encode("latin-1"),
        ["{}:2:18: the file is not UTF-8: byte offset 45 (on line 2) is 0xFC"],
    ),
    "not YAML": (HEAD + "project: {name: [}\n", ["{}:2:18: "]),
    "duplicate keys": (
        HEAD + "project:\n  name: one\n  phase: training\n  name: two\n",
        ["{}:5:3: key 'name' appears twice, on lines 3 and 5"],
    ),
    "alias bomb": (bomb(9), ["(limit max_nodes)"]),
    "deep nesting": (HEAD + "goals: " + "[" * 100 + "]" * 100, ["{}:2:71: ", "(limit max_depth)"]),
    "unknown keys": (
        HEAD + "goal: []\nproject: {nmae: x, sponsor: y}\n",
        [
            "{}:2:1: ",
            "did you mean 'goals'?",
            "{}:3:11: project has no field 'nmae'",
            "did you mean 'name'?",
            "{}:3:20: ",
        ],
    ),
    "wrong types": (
        HEAD + "team: [{id: a, operational_load: much, leading_expert: 1}]\ntasks: [{id: t, duration: -3}]\n",
        ["{}:2:34: expected a number", "{}:2:56: expected true or false", "{}:3:27: expected a number"],
    ),
    "impossible dates": (
        HEAD + "as_of: 2026-02-30\ntasks: [{id: t, start: 2026-13-01}]\n",
        ["{}:2:8: 2026-02-30 is not a day of the calendar", "{}:3:24: 2026-13-01 is not a day of the calendar"],
    ),
    "dangling references": (
        HEAD + "team: [{id: ann}]\ntasks: [{id: t, owner: anna, after: [u]}]\n",
        ["{}:3:24: no entry of team has the id 'anna'", "did you mean 'ann'?", "{}:3:38: "],
    ),
    "duplicate ids": (
        HEAD + "team:\n  - {id: ann}\n  - {id: bob}\n  - {id: ann}\n",
        ["{}:5:10: two entries of team have the id 'ann'", "the first is in line 3"],
    ),
    "another layout": ("schema: crm-rules/project/9\n", ["{}:1:9: "]),
    "no mapping": ("- a\n- b\n", ["{}:1:1: "]),
}


def place_at(path: Path, content: str | bytes | Callable[[Path], None]) -> None:
    if isinstance(content, str):
        path.write_text(content, "utf-8")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)


def assert_said(result: Result, parts: list[str], place: str) -> None:
    """The call failed as invalid input, in words, on standard error."""
    assert result.code == 3, result.err
    assert result.out == ""
    assert "Traceback" not in result.err
    for part in parts:
        assert part.replace("{}", place) in result.err
    assert result.err.rstrip().split("\n")[-1].endswith(("error.", "errors."))


@pytest.mark.parametrize("name", PROJECTS)
def test_a_bad_project_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    content, parts = PROJECTS[name]
    path = tmp_path / "project.yaml"
    place_at(path, content)
    assert_said(call("assess", path, "--pack", PACK), parts, str(path))


@pytest.mark.parametrize("name", ["missing file", "50 MB", "binary", "alias bomb", "duplicate ids"])
def test_a_process_says_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    place_at(path, PROJECTS[name][0])
    inside = call("assess", path, "--pack", PACK)
    done = spawn("assess", path, "--pack", PACK)
    assert (done.returncode, done.stdout, done.stderr) == (inside.code, inside.out, inside.err)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_text(
        HEAD + "project: {phase: traning}\ngoals: [{id: g, main: maybe}]\nteam: [{id: a}, {id: a}]\n", "utf-8"
    )
    result = call("assess", path)
    places = [
        line.removeprefix(f"{path}:").partition(": ")[0] for line in result.err.split("\n") if "project.yaml" in line
    ]
    assert places == ["2:18", "3:23", "4:22"]
    assert result.err.endswith("\n3 errors.\n")


# -- packs --------------------------------------------------------------------------------------

RULE = """\
title: A rule of the tests
kind: risk
family: people
when:
{when}
then:
  risk:
    about: project
    cause: c
    event: e
    effect: f
    likelihood: 3
    impact: 3
examples:
  - {{name: one, given: {{}}, expect: fires}}
  - {{name: two, given: {{}}, expect: silent}}
"""

PACKS: dict[str, tuple[dict[str, str], list[str]]] = {
    "a rule that names nothing real": (
        {
            "people/wrong.yaml": RULE.format(
                when="  - some: p in taem\n  - check: projct.phase == 'training'\n"
                "  - check: raised('people.busy')\n  - check: project.phase == 'trainig'"
            )
        },
        [
            "{}/people/wrong.yaml:5:16: there is no list 'taem'",
            "did you mean 'team'?",
            "{}/people/wrong.yaml:6:12: ",
            "{}/people/wrong.yaml:7:",
            "'people.busy'",
            "{}/people/wrong.yaml:8:",
        ],
    ),
    "rules that cannot be stratified": (
        {
            "people/this.yaml": RULE.format(when="  - check: not raised('people.that')"),
            "people/that.yaml": RULE.format(when="  - check: raised('people.this')"),
        },
        ["{}/people/this.yaml:", "{}/people/that.yaml:", "break the cycle at one of these steps"],
    ),
    "a rule that is no rule": ({"people/wrong.yaml": "title: x\n"}, ["{}/people/wrong.yaml:1:1: "]),
    "a rule that is no YAML": ({"people/wrong.yaml": "title: [x\n"}, ["{}/people/wrong.yaml:"]),
    "an unknown key": (
        {"people/wrong.yaml": RULE.format(when="  - check: project.concept_passed").replace("family:", "famly:")},
        ["{}/people/wrong.yaml:3:1: ", "did you mean 'family'?"],
    ),
    "a misplaced file": ({"setings.yaml": "{}\n"}, ["{}/setings.yaml: ", "did you mean 'settings.yaml'?"]),
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small pack to make mistakes in."""
    return Path(copytree(ROOT / PACK, tmp_path / "pack"))


@pytest.mark.parametrize("name", PACKS)
def test_a_bad_pack_is_refused_with_its_place(name: str, pack: Path) -> None:
    files, parts = PACKS[name]
    for file, content in files.items():
        (pack / file).write_text(content, "utf-8")
    for arguments in (("assess", PROJECT, "--pack", str(pack)), ("rules", "check", str(pack)), ("test", str(pack))):
        assert_said(call(*arguments), parts, str(pack))


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    result = call("assess", PROJECT, "--pack", tmp_path)
    assert_said(result, ["{}: this folder is no pack: it has no pack.yaml"], str(tmp_path))


RUNAWAY = {
    "facts.yaml": "lists:\n  piles:\n    singular: pile\n    fields:\n      height: {type: number}\n",
    "conclusions.yaml": "tower: {title: T, sentence: 'it is {height} high', meaning: m, fields: {height: number}}\n",
    "towers/start.yaml": """\
title: Every pile is a tower
kind: conclusion
when:
  - check: count(p for p in team) > 0
then:
  conclude:
    tower: {height: 1}
examples:
  - {name: one, given: {team: [{id: a}]}, expect: fires}
  - {name: two, given: {}, expect: silent}
""",
    "towers/grow.yaml": """\
title: On every tower stands a higher one
kind: conclusion
when:
  - each: lower in tower
then:
  conclude:
    tower: {height: lower.height + 1}
examples:
  - {name: one, given: {team: [{id: a}]}, expect: fires}
  - {name: two, given: {}, expect: silent}
""",
}


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_runaway_recursion_ends_at_a_limit_that_is_named(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "towers"
    for name, content in {"pack.yaml": (ROOT / PACK / "pack.yaml").read_text("utf-8"), **RUNAWAY}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    result = call("assess", PROJECT, "--pack", folder, "--engine", engine)
    assert (result.code, result.out) == (3, "")
    first, *rules = result.err.rstrip("\n").split("\n")
    assert first.startswith("Error: ")
    assert "(limit: " in first
    assert rules
    assert all(".yaml:" in rule for rule in rules)
