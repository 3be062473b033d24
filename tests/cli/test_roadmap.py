"""`crm-rules roadmap`: what goes where, which options change what, and when it ends with 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.report.roadmap_formats import ROADMAP_FORMATS, roadmap_format_of_file
from tests.cli.calling import ROOT, TROUBLED, call

TROUBLE = "tests/report/data/roadmap/trouble.yaml"
DATA = ROOT / "tests" / "report" / "data" / "roadmap"

SOUND = """
schema: crm-rules/project/1
project: {name: House}
tasks:
  - {id: a, name: Floor, duration: 2, start: 2026-03-02, owner: ann}
  - {id: b, name: Walls, duration: 9, after: [a], owner: ann}
  - {id: c, name: Roof, duration: 1, after: [b], owner: ann}
team: [{id: ann, name: Ann Berg}]
"""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "project.yaml"
    path.write_text(SOUND, "utf-8")
    return path


def as_json(*arguments: str | Path) -> dict[str, Any]:
    found = json.loads(call("roadmap", *arguments, "--format", "json").out)
    assert isinstance(found, dict)
    return found


# -- formats ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "golden"),
    [
        ((), "trouble.txt"),
        (("--format", "json"), "trouble.json"),
        (("--format", "mermaid"), "trouble.gantt.mmd"),
        (("--format", "mermaid", "--figure", "graph"), "trouble.graph.mmd"),
        (("--format", "dot"), "trouble.dot"),
    ],
)
def test_results_go_to_standard_output(arguments: tuple[str, ...], golden: str) -> None:
    result = call("roadmap", TROUBLE, *arguments)
    assert result.out == (DATA / golden).read_text("utf-8")
    assert result.err == ""


def test_every_format_has_suffixes_of_its_own_that_ask_for_it() -> None:
    suffixes = [s for row in ROADMAP_FORMATS.values() for s in row.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    for name, row in ROADMAP_FORMATS.items():
        assert {roadmap_format_of_file(f"Plan{s.upper()}") for s in row.suffixes} == {name}
    assert roadmap_format_of_file("plan") == "text"


def test_names_of_files_choose_formats(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    names = ["plan.txt", "plan.json", "plan.mmd", "plan.dot", "plan.svg", "plan.png"]
    result = call("roadmap", TROUBLE, *(a for n in names for a in ("-o", tmp_path / n)))
    assert result.code == ExitCode.FOUND
    assert result.out == ""
    assert result.err.split("\n")[:-1] == [
        f"{kind} written to {tmp_path / name}" for kind, name in zip(ROADMAP_FORMATS, names, strict=True)
    ]
    assert (tmp_path / "plan.mmd").read_text("utf-8") == (DATA / "trouble.gantt.mmd").read_text("utf-8")
    assert (tmp_path / "plan.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "plan.png").read_bytes().startswith(b"\x89PNG")


def test_figures_differ(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    call("roadmap", TROUBLE, "-o", tmp_path / "a.svg")
    call("roadmap", TROUBLE, "-o", tmp_path / "b.svg", "--figure", "graph")
    call("roadmap", TROUBLE, "-o", tmp_path / "c.svg", "--figure", "gantt")
    chart, graph, again = ((tmp_path / f"{n}.svg").read_text("utf-8") for n in "abc")
    assert chart == again != graph
    assert 'id="bar-tor"' in chart
    assert 'id="task-tor"' in graph


def test_a_picture_is_not_thrown_at_a_terminal() -> None:
    pytest.importorskip("matplotlib")
    result = call("roadmap", TROUBLE, "--format", "png", terminal=True)
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert "This format is not for terminals: give it a file with -o." in result.err


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    result = call("roadmap", TROUBLE, "-o", tmp_path / "plan.png")
    assert result.code == ExitCode.USAGE
    assert "Figures need matplotlib: install crm-rules[plots]." in result.err
    assert list(tmp_path.iterdir()) == []


def test_text_on_a_terminal_has_colours() -> None:
    assert "\x1b[" in call("roadmap", TROUBLED, terminal=True).out
    assert call("roadmap", TROUBLED, terminal=True, encoding="ascii").out.isascii()


# -- what is shown ------------------------------------------------------------------------------


def test_json_is_the_roadmap_with_what_is_wrong() -> None:
    found = as_json(TROUBLED)
    assert found["schema"] == "crm-rules/roadmap/1"
    assert found["name"] == "KV Connect"
    roadmap = api.load_roadmap(ROOT / TROUBLED).to_dict()
    assert {key: found[key] for key in roadmap} == json.loads(json.dumps(roadmap))
    assert found["quality"]["profile"] == "roadmap"
    assert "simulation" not in found


def test_all_shows_every_task() -> None:
    assert "Concept day with the management" not in call("roadmap", TROUBLED).out
    assert "Concept day with the management" in call("roadmap", TROUBLED, "--all").out


def test_a_profile_that_is_named_shows_all_its_checks() -> None:
    short, whole = call("roadmap", TROUBLED).out, call("roadmap", TROUBLED, "--quality", "roadmap").out
    assert "✓ Out of sequence" not in short
    assert "✓ Out of sequence" in whole
    assert as_json(TROUBLED, "--quality", "dcma")["quality"]["profile"] == "dcma"


# -- simulation ---------------------------------------------------------------------------------


def test_a_simulation_is_the_same_every_time(sound: Path) -> None:
    pytest.importorskip("numpy")
    options = ("--simulate", "50", "--spread", "-10,40")
    found = as_json(sound, *options)["simulation"]
    assert (found["samples"], found["seed"], found["spread"]) == (50, 1, [-0.1, 0.4])
    assert as_json(sound, *options)["simulation"] == found
    assert as_json(sound, *options, "--seed", "2")["simulation"]["mean_minutes"] != found["mean_minutes"]
    text = call("roadmap", sound, *options).out
    assert "── Uncertainty ─ 50 samples, seed 1" in text
    assert [line.split()[0] for line in text.split("\n") if line.startswith("P")] == ["P10", "P50", "P80", "P90"]


def test_a_plan_that_is_too_broken_to_simulate_is_told_why() -> None:
    pytest.importorskip("numpy")
    result = call("roadmap", TROUBLE, "--simulate", "50")
    assert result.code == ExitCode.FOUND
    assert "── Uncertainty ─ the plan cannot be simulated" in result.out
    assert {o["kind"] for o in as_json(TROUBLE, "--simulate", "50")["simulation"]["obstacles"]} >= {"loop"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--simulate", "1"), "1 is not in the range x>=2"),
        (("--simulate", "50", "--seed", "-1"), "-1 is not in the range x>=0"),
        (("--simulate", "50", "--spread", "much"), "expected two numbers such as -10,30, found 'much'"),
        (("--simulate", "50", "--spread", "10,30"), "expected the least from -100 to 0"),
        (("--spread", "-10,30"), "--spread is for --simulate."),
        (("--figure", "graph"), "--figure graph needs a format that draws it: mermaid, dot, svg, png."),
        (("--figure", "gantt", "--format", "dot"), "--figure gantt needs a format that draws it: mermaid, svg, png."),
        (("--quality", "best"), "'best' is not one of"),
        (("--format", "docx"), "'docx' is not one of"),
        (("--format", "json", "--format", "text"), "Only one format can go to standard output"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], said: str) -> None:
    result = call("roadmap", TROUBLE, *arguments)
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert said in " ".join(result.err.split())


# -- exit codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fail_on", "code"),
    [
        ("", "error", 0),
        ("", "warning", 0),
        # Without a duration nothing is wrong, but something is missing.
        ("duration: 9, after: [a]=after: [a]", "error", 0),
        ("duration: 9, after: [a]=after: [a]", "warning", 1),
        # A loop.
        ("duration: 2, start: 2026-03-02=duration: 2, after: [c]", "error", 1),
        ("duration: 2, start: 2026-03-02=duration: 2, after: [c]", "never", 0),
    ],
)
def test_errors_of_the_roadmap_end_with_one(sound: Path, change: str, fail_on: str, code: int) -> None:
    before, _, after = change.partition("=")
    assert before in SOUND
    sound.write_text(SOUND.replace(before, after) if change else SOUND, "utf-8")
    result = call("roadmap", sound, "--fail-on", fail_on)
    assert result.code == code, result.out


def test_a_file_that_cannot_be_read_ends_with_three(tmp_path: Path) -> None:
    assert call("roadmap", tmp_path / "none.yaml").code == ExitCode.INVALID
    (tmp_path / "bad.yaml").write_text("schema: crm-rules/project/1\ntasks: [{id: a, duration: long}]\n", "utf-8")
    result = call("roadmap", tmp_path / "bad.yaml")
    assert (result.code, result.out) == (ExitCode.INVALID, "")
    assert "bad.yaml:2:" in result.err


def test_the_lines_tasks_were_read_from_are_kept(sound: Path) -> None:
    roadmap = api.load_roadmap(sound)
    assert [t.source for t in roadmap.plan.tasks] == ["line 5", "line 6", "line 7"]
    assert [k.source for k in roadmap.plan.links] == ["line 6", "line 7"]


# -- what somebody asks -------------------------------------------------------------------------


def test_what_leads_to_a_task_is_shown_with_its_slack(sound: Path) -> None:
    found = as_json(sound, "--to", "walls")["driving_slack"]
    assert found == {
        "to": "b",
        "tasks": [{"id": "a", "slack_minutes": 0}, {"id": "b", "slack_minutes": 0}],
    }
    assert "── What leads to Walls " in call("roadmap", sound, "--to", "b").out


def test_what_a_change_would_do_is_shown(sound: Path) -> None:
    options = ("--what-if", "lengthen b 2d", "--what-if", "unlink b -> c")
    found = as_json(sound, *options)["what_if"]
    assert found["changes"] == ["lengthen b 2d", "unlink b -> c"]
    # Without the roof behind them the walls end alone: nine days and two, less the day of the roof.
    assert found["finish_minutes"] == (2 - 1) * 480
    assert found["no_longer_critical"] == ["c"]
    text = call("roadmap", sound, *options).out
    assert "The project ends 1 working day later: on 18 Mar 2026 instead of 17 Mar 2026." in text
    assert "No longer critical: Roof" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "wals"), "there is no task 'wals'\n  did you mean 'Walls'?"),
        (("--what-if", "drop x", "--what-if", "paint it"), "2 errors."),
        (("--what-if", "link c -> a"), "would wait for each other in a loop"),
    ],
)
def test_questions_about_what_is_not_there_are_wrong_usage(sound: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call("roadmap", sound, *arguments)
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert said in result.err


def test_the_reason_for_each_date_is_told(sound: Path) -> None:
    found = as_json(sound, "--why", "walls", "--why", "b")["reasons"]
    assert list(found) == ["b"]
    assert found["b"][0] == "starts 4 March 2026 because 'Floor' finishes 3 March 2026 (FS)"
    assert len(found["b"]) == 4
    open_ = call("roadmap", TROUBLE, "--why", "d").out
    assert "state tasks[d].duration" in " ".join(open_.split())
