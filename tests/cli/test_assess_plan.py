"""`crm-rules assess` on plans: all rules run, notes go to standard error."""

from __future__ import annotations

import json
from pathlib import Path

from crm_rules.cli.exit_codes import ExitCode
from tests.cli.calling import call

PLAN = "examples/plans/sales-crm.xml"


def test_findings_go_to_standard_output_and_notes_to_standard_error() -> None:
    result = call("assess", PLAN)
    assert result.code == ExitCode.FOUND
    assert result.err.startswith(f"{PLAN}: warning: the kind of 7 of 8 tasks was recognised from their names")
    assert "recognised from their names" not in result.out
    assert "roadmap.client-test-before-rollout" in result.out


def test_findings_can_be_chosen() -> None:
    result = call("assess", PLAN, "--select", "roadmap.late-for-deadline", "--format", "json", "--fail-on", "never")
    assert result.code == ExitCode.OK
    found = json.loads(result.out)["findings"]
    assert [f["rule"] for f in found if f["certainty"] == "certain"] == ["roadmap.late-for-deadline"]


def test_another_day_can_be_taken_for_today(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("ID;Task name;Duration;Start\n1;Configuration;5d;2026-03-16\n", "utf-8")
    result = call("assess", path, "--as-of", "2026-04-01", "--format", "json", "--fail-on", "never")
    found = json.loads(result.out)
    assert found["as_of"] == "2026-04-01"
    # Work that has not begun by the status date comes after it.
    assert found["roadmap"]["finish"] == "2026-04-08T17:00:00"


def test_a_plan_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    path.write_text("<Project", "utf-8")
    result = call("assess", path)
    assert result.code == ExitCode.INVALID
    assert result.err.startswith(f"{path}:1:")
