"""Mistakes in project files: what their author gets to read, and where it points."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from crm_rules.errors import ProjectError
from crm_rules.files.project import load_project, parse_project
from crm_rules.files.text import Limits


def complaint(text: str, name: str = "p.yaml") -> str:
    with pytest.raises(ProjectError) as caught:
        parse_project(dedent(text).lstrip("\n"), name)
    return str(caught.value)


SHOWN = {
    "unknown field": (
        """
        team:
          - id: ann
            operational_lod: 0.7
        """,
        """
        p.yaml:3:5: team has no field 'operational_lod'
            3 |     operational_lod: 0.7
              |     ^^^^^^^^^^^^^^^ did you mean 'operational_load'?
        """,
    ),
    "unknown list": (
        """
        taems: [{id: ann}]
        """,
        """
        p.yaml:1:1: a project has no section or list 'taems'
            1 | taems: [{id: ann}]
              | ^^^^^ did you mean 'team'?
        """,
    ),
    "text for true or false": (
        """
        goals:
          - {id: g1, name: shorten quote time, clear: yes}
        """,
        """
        p.yaml:2:47: expected true or false, found text 'yes'
            2 |   - {id: g1, name: shorten quote time, clear: yes}
              |                                               ^^^ write true or false
        """,
    ),
    "percent for a share": (
        """
        team:
          - id: ann
            operational_load: 70 %
        """,
        """
        p.yaml:3:23: expected a number from 0 to 1 (share), found text '70 %'
            3 |     operational_load: 70 %
              |                       ^^^^ write 0.7 for 70 %
        """,
    ),
    "unknown member": (
        """
        project:
          phase: implementaton
        """,
        """
        p.yaml:2:10: expected one of preparation, selection, requirements, implementation, training, operation, \
found text 'implementaton'
            2 |   phase: implementaton
              |          ^^^^^^^^^^^^^ did you mean 'implementation'?
        """,
    ),
    "unknown member of a set": (
        """
        team:
          - id: ann
            roles:
              - client_pm
              - tester
        """,
        """
        p.yaml:5:9: expected one of the 16 values of Role, found text 'tester'
            5 |       - tester
              |         ^^^^^^ did you mean 'vendor_tester'?
        """,
    ),
    "impossible date": (
        """
        as_of: 2026-02-30
        """,
        """
        p.yaml:1:8: 2026-02-30 is not a day of the calendar
            1 | as_of: 2026-02-30
              |        ^^^^^^^^^^
        """,
    ),
    "number for text": (
        """
        project: {name: 007}
        """,
        """
        p.yaml:1:17: expected text, found 7
            1 | project: {name: 007}
              |                 ^^^ put it in quotes to make it text
        """,
    ),
    "entry without id": (
        """
        sponsors:
          - name: Maria Board
            executive: true
        """,
        """
        p.yaml:2:5: this sponsor has no id
            2 |   - name: Maria Board
              |     ^^^^^^^^^^^^^^^^^ add 'id:' and a short name that others can refer to
        """,
    ),
    "text for a list": (
        """
        team:
          - {id: ann, roles: client_pm}
        """,
        """
        p.yaml:2:22: expected a list, found text 'client_pm'
            2 |   - {id: ann, roles: client_pm}
              |                      ^^^^^^^^^ write [client_pm]
        """,
    ),
    "mapping for a list": (
        """
        team:
          ann: {side: client}
        """,
        """
        p.yaml:2:3: expected a list of entries, found a mapping
            2 |   ann: {side: client}
              |   ^^^^^^^^^^^^^^^^^^^ start each entry with '- ', or write [] for none
        """,
    ),
    "id used twice": (
        """
        team:
          - {id: ann}
          - {id: bob}
          - {id: ann}
        """,
        """
        p.yaml:4:10: two entries of team have the id 'ann'
            4 |   - {id: ann}
              |          ^^^ the first is in line 2
        """,
    ),
    "dangling reference": (
        """
        team: [{id: ann}]
        tasks:
          - {id: cfg, owner: anne}
        """,
        """
        p.yaml:3:22: no entry of team has the id 'anne'
            3 |   - {id: cfg, owner: anne}
              |                      ^^^^ did you mean 'ann'?
        """,
    ),
    "reference into a list left out": (
        """
        contracts:
          - id: c1
            vendor: acme
        """,
        """
        p.yaml:3:13: 'acme' is not listed anywhere: the project has no list 'vendors'
            3 |     vendor: acme
              |             ^^^^ add vendors: [{id: acme}]; if there are more, name vendors under incomplete
        """,
    ),
    "malformed link": (
        """
        tasks:
          - {id: tor}
          - {id: cfg, after: [tor, "tor+3d"]}
        """,
        """
        p.yaml:3:28: text 'tor+3d' is not a link to a task
            3 |   - {id: cfg, after: [tor, "tor+3d"]}
              |                            ^^^^^^^^ set the lag off with a space: 'tor +3d'
        """,
    ),
    "task that waits for itself": (
        """
        tasks: [{id: cfg, after: ["cfg SS+3d"]}]
        """,
        """
        p.yaml:1:27: a task cannot wait for itself
            1 | tasks: [{id: cfg, after: ["cfg SS+3d"]}]
              |                           ^^^^^^^^^^^ leave it out
        """,
    ),
    "computed column": (
        """
        tasks:
          - id: cfg
            total_float_days: 3
        """,
        """
        p.yaml:3:5: 'total_float_days' is computed from the schedule and cannot be written
            3 |     total_float_days: 3
              |     ^^^^^^^^^^^^^^^^ leave it out
        """,
    ),
    "incomplete names no list": (
        """
        team: []
        incomplete: [teams]
        """,
        """
        p.yaml:2:14: there is no list 'teams'
            2 | incomplete: [teams]
              |              ^^^^^ did you mean 'team'?
        """,
    ),
    "other schema": (
        """
        schema: crm-rules/project/2
        """,
        """
        p.yaml:1:9: this version understands 'crm-rules/project/1', found text 'crm-rules/project/2'
            1 | schema: crm-rules/project/2
              |         ^^^^^^^^^^^^^^^^^^^ correct the schema line
        """,
    ),
    "not a mapping": (
        """
        - id: ann
        """,
        """
        p.yaml:1:1: expected sections and lists, found a list
            1 | - id: ann
              | ^^^^^^^^^ begin with 'project:' or 'team:'
        """,
    ),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_mistake_is_shown_in_its_line(text: str, shown: str) -> None:
    assert complaint(text) == dedent(shown).strip("\n")


def test_problems_of_the_text_and_of_its_content_come_together_in_order() -> None:
    said = complaint(
        """
        project: {phase: middle}
        team:
          - id: ann
            qualified: true
            qualified: false
            roles: [boss]
        tasks:
          - {id: t, owner: bob}
        """
    )
    assert [line.split(": ")[0] for line in said.splitlines() if line.startswith("p.yaml")] == [
        "p.yaml:1:18",
        "p.yaml:5:5",
        "p.yaml:6:13",
        "p.yaml:8:20",
    ]


def test_json_is_checked_alike() -> None:
    assert complaint('{"team": [{"id": "ann", "operational_load": 70}]}', "p.json").splitlines() == [
        "p.json:1:45: expected a number from 0 to 1 (share), found 70",
        '    1 | {"team": [{"id": "ann", "operational_load": 70}]}',
        "      |                                             ^^ write 0.7 for 70 %",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n"])
def test_a_file_without_content_says_so(text: str) -> None:
    assert complaint(text).startswith("p.yaml: the file is empty")


def test_a_text_that_cannot_be_parsed_has_a_place() -> None:
    assert complaint("team: [{id: ann}\n").startswith("p.yaml:")


def test_a_missing_file_is_the_authors_business(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"project\.yaml: there is no such file"):
        load_project(tmp_path / "project.yaml")


def test_limits_are_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("team: [{id: ann}, {id: bob}]", encoding="utf-8")
    with pytest.raises(ProjectError, match="max_bytes"):
        load_project(path, Limits(max_bytes=10))
    with pytest.raises(ProjectError, match="max_nodes"):
        load_project(path, Limits(max_nodes=3))
    with pytest.raises(ProjectError, match="max_depth"):
        parse_project("team: [{id: ann}]", limits=Limits(max_depth=2))


def test_an_entry_used_twice_through_an_alias_is_two_entries() -> None:
    assert "two entries of team have the id 'ann'" in complaint("team: [&a {id: ann}, *a]")
