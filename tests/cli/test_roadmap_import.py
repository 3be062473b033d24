"""`crm-rules roadmap` on plans other programs wrote: what is wrong with them is found, and what was assumed is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.cli.exit_codes import ExitCode
from tests.cli.calling import Result, call

MSPDI = """<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project">
  <Name>CRM</Name>
  <StartDate>2026-03-02T08:00:00</StartDate>
  <MinutesPerDay>480</MinutesPerDay>
  <Tasks>
    <Task><UID>1</UID><ID>1</ID><Name>Configuration</Name><Duration>PT80H0M0S</Duration><OutlineLevel>1</OutlineLevel></Task>
    <Task><UID>2</UID><ID>2</ID><Name>{test}</Name><Duration>PT160H0M0S</Duration><OutlineLevel>1</OutlineLevel>
      <PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type></PredecessorLink>
    </Task>
    <Task><UID>3</UID><ID>3</ID><Name>Go-live</Name><Duration>PT8H0M0S</Duration><OutlineLevel>1</OutlineLevel>
      <PredecessorLink><PredecessorUID>{before}</PredecessorUID><Type>1</Type></PredecessorLink>
    </Task>
  </Tasks>
</Project>
"""

CSV = """ID;Vorgangsname;Dauer;Vorgänger
1;Konfiguration;10 Tage;
2;Abnahmetest;20 Tage;1
3;Produktivsetzung;1 Tag;2EA+2t
"""


def roadmap(path: Path, text: str, *arguments: str) -> Result:
    path.write_text(text, "utf-8")
    return call("roadmap", path, *arguments)


@pytest.mark.parametrize("test", ["User acceptance testing", "Abnahmetest", "Testy akceptacyjne"])
def test_a_go_live_weeks_before_the_end_of_acceptance_testing_is_caught(tmp_path: Path, test: str) -> None:
    result = roadmap(tmp_path / "plan.xml", MSPDI.format(test=test, before=1))
    assert result.code == ExitCode.FOUND
    trouble = " ".join(result.out.partition("── Trouble")[2].partition("── Critical path")[0].split())
    # Ten days of configuration, then both: testing takes until 10 April, the system goes live on 16 March.
    assert f"'Go-live' starts on 16 March 2026, before '{test}' finishes on 10 April 2026." in trouble
    assert "UID 3" in trouble
    sound = roadmap(tmp_path / "plan.xml", MSPDI.format(test=test, before=2))
    assert "'Go-live' starts on" not in sound.out.partition("── Schedule")[0]


def test_what_was_assumed_about_a_plan_goes_to_standard_error(tmp_path: Path) -> None:
    result = roadmap(tmp_path / "plan.xml", MSPDI.format(test="Abnahmetest", before=2))
    assert "recognised from their names" in result.err
    assert "recognised from their names" not in result.out
    assert result.out.startswith("CRM\n3 tasks and 2 links\n")


def test_a_list_of_tasks_is_a_roadmap(tmp_path: Path) -> None:
    result = roadmap(tmp_path / "plan.csv", CSV)
    assert "3 tasks and 2 links" in result.out
    assert "The plan takes 33 working days." in result.out


def test_a_link_to_a_task_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = roadmap(tmp_path / "plan.xml", MSPDI.format(test="UAT", before=9))
    assert "plan.xml:12: warning: task 'Go-live' (UID 3) waits for task UID 9, which is not in the file" in result.err
    assert result.out.startswith("CRM\n3 tasks and 1 link\n")


def test_a_plan_that_cannot_be_read_ends_with_three(tmp_path: Path) -> None:
    broken = roadmap(tmp_path / "plan.xml", MSPDI[:300])
    assert (broken.code, broken.out) == (ExitCode.INVALID, "")
    assert "plan.xml" in broken.err
