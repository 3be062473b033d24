"""The exit codes, as a table; and what is said when nobody but us is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from tests.cli.calling import PACK, PROJECT, STEADY, TROUBLED, call

SMALL = (PROJECT, "--pack", PACK)

TABLE: list[tuple[tuple[str, ...], int]] = [
    (("assess", STEADY), 0),
    (("assess", STEADY, "--fail-on", "medium"), 1),
    (("assess", STEADY, "--fail-on", "low"), 1),
    (("assess", STEADY, "--fail-on", "high"), 0),
    (("assess", TROUBLED), 1),
    (("assess", TROUBLED, "--fail-on", "critical"), 1),
    (("assess", TROUBLED, "--fail-on", "never"), 0),
    (("assess", *SMALL), 1),
    (("assess", *SMALL, "--select", "goals"), 0),
    (("assess", *SMALL, "--select", "goals", "--fail-on", "medium"), 1),
    (("assess", *SMALL, "--ignore", "people"), 0),
    (("assess", *SMALL, "--cross-check"), 1),
    (("assess", *SMALL, "--cross-check", "--fail-on", "never"), 0),
    ((), 2),
    (("assess",), 2),
    (("asses", PROJECT), 2),
    (("assess", PROJECT, "--colour"), 2),
    (("assess", PROJECT, "--format", "docx"), 2),
    (("assess", PROJECT, "--fail-on", "terrible"), 2),
    (("assess", PROJECT, "--engine", "steam"), 2),
    (("assess", PROJECT, "--as-of", "yesterday"), 2),
    (("assess", *SMALL, "--select", "gaols"), 2),
    (("assess", *SMALL, "--ignore", "people.nothing"), 2),
    (("assess", *SMALL, "--setting", "busy_from"), 2),
    (("assess", *SMALL, "--setting", "lazy_from=1"), 2),
    (("assess", *SMALL, "--setting", "busy_from=much"), 2),
    (("assess", *SMALL, "--setting", "busy_from=nan"), 2),
    (("assess", *SMALL, "--setting", "busy_from=0.1", "--setting", "busy_from=0.2"), 2),
    (("assess", *SMALL, "-o", "no/such/folder/report.txt"), 2),
    (("assess", *SMALL, "-o", "tests"), 2),
    (("assess", "no-such-file.yaml"), 3),
    (("assess", PROJECT, "--pack", "no/such/pack"), 3),
    (("rules", "list"), 0),
    (("rules", "list", "--pack", PACK, "--family", "goals"), 0),
    (("rules", "list", "--pack", PACK, "--family", "gaols"), 2),
    (("rules", "show", "goals.vague", "--pack", PACK), 0),
    (("rules", "show", "goals.vague", "--pack", PACK, "--source"), 0),
    (("rules", "show", "goals.vage", "--pack", PACK), 2),
    (("rules", "check", PACK), 0),
    (("rules", "check", "crm"), 0),
    (("rules", "check", "no/such/pack"), 3),
    (("rules",), 2),
    (("test", PACK), 1),
    (("test", PACK, "--no-coverage"), 0),
    (("test", PACK, "--rule", "goals.vague", "--engine", "reference", "--no-coverage"), 0),
    (("test", PACK, "--rule", "goals.vage"), 2),
    (("test", PACK, "--engine", "steam"), 2),
    (("test", "no/such/pack"), 3),
]


@pytest.mark.parametrize(("arguments", "code"), TABLE, ids=lambda v: " ".join(v) if isinstance(v, tuple) else None)
def test_the_exit_code_is_that_of_the_table(arguments: tuple[str, ...], code: int) -> None:
    result = call(*arguments)
    assert result.code == code, result.err
    assert "Traceback" not in result.out + result.err
    if code in (ExitCode.USAGE, ExitCode.INVALID):
        assert result.out == ""
        assert result.err


def test_findings_that_are_waived_or_only_possible_do_not_fail(tmp_path: Path) -> None:
    project = tmp_path / "project.yaml"
    finding = "team: [{id: a, responsibility_defined: false, side: client}]\ngoals: []\ntasks: []\n"
    waived = "rule: people.duties-not-defined, about: a, reason: it is fine, approved_by: PMO, expires: 2026-03-01"
    waiver = f"waivers: [{{{waived}}}]\n"
    project.write_text("schema: crm-rules/project/1\n" + finding, "utf-8")
    assert call("assess", project, "--pack", PACK).code == ExitCode.FOUND
    project.write_text("schema: crm-rules/project/1\n" + finding + waiver, "utf-8")
    assert call("assess", project, "--pack", PACK).code == ExitCode.OK
    # The waiver has expired on the second of March.
    assert call("assess", project, "--pack", PACK, "--as-of", "2026-03-02").code == ExitCode.FOUND
    project.write_text("schema: crm-rules/project/1\n", "utf-8")
    result = call("assess", project, "--pack", PACK)
    assert "possible" in result.out
    assert result.code == ExitCode.OK


def broken(*_: object) -> None:
    raise RuntimeError("two plus two\nis five")


def test_a_defect_is_one_sentence_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.Assessor, "assess", broken)
    result = call("assess", PROJECT, "--pack", PACK)
    assert result.code == ExitCode.INTERNAL
    assert result.out == ""
    assert result.err == (
        "Internal error: RuntimeError: two plus two is five\n"
        "This is a defect of the program, please report it with the output of `crm-rules --debug ...`.\n"
    )


def test_the_traceback_of_a_defect_is_there_for_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.Assessor, "assess", broken)
    result = call("--debug", "assess", PROJECT, "--pack", PACK)
    assert result.code == ExitCode.INTERNAL
    assert result.err.startswith("Traceback (most recent call last):\n")
    assert result.err.endswith("Internal error: RuntimeError: two plus two is five\n")


def test_an_interrupted_call_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "load_subject", interrupt)
    result = call("assess", PROJECT)
    assert (result.code, result.out, result.err) == (ExitCode.INTERRUPTED, "", "Interrupted.\n")
