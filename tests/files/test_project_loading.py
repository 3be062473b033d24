"""Project files that are in order: what is read, and where it says it was written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from crm_rules.diagnostics import Span
from crm_rules.facts.base import FactBase
from crm_rules.files.project import load_project, parse_project
from crm_rules.model.enums import Employment, LinkType, Phase, Role, TaskStatus, Tier
from crm_rules.model.facts import project_entries
from crm_rules.model.links import Link
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema
from crm_rules.model.task_kinds import TaskKind

NORDLICHT = """\
schema: crm-rules/project/1
as_of: 2026-03-02

project: {name: Nordlicht Sales CRM, phase: implementation, company_size: medium}
work_model:
  rollout: incremental
  prototyping: true
  key_staff_involved_since: selection
team_plan:
  criteria_ranking: [quality, support_and_development, budget, speed]
budget:
  adequate: true
  reserve: 0.1
requirements: {needs_analysed: true, analysts: [ann]}
terms_of_reference:   # being written

goals:
  - {id: g1, name: shorten quote time, main: true, tier: strategic, clear: true}
  - id: g2
    name: >
      one view
      of the customer
success_measures:
  - {id: m1, goal_ids: [g1, g2], benchmark_defined: true}
sponsors: []                       # surveyed, and there is none
departments:
  - {id: sales, name: Sales, affected: true, represented: true}
  - {id: service, name: Service, affected: true}
seats: [{id: s1, department: sales, standing: process_owner}]

team:
  - {id: ann, name: Ann Berg, side: client, employment: in_house, roles: [client_pm, analyst], operational_load: 0.7}
  - id: bob
    name: Bob Ray
    side: supplier
    employment: integrator
    backs_up: [ann]
    qualified: true
project_managers:
  - {id: ann, crm_projects_managed: 0, answer_days: 2.5}
champions:
  - {id: ann, used_crm_before: true}
vendors: [{id: acme, name: ACME Integration}]
contracts:
  - {id: main, vendor: acme, maintenance_years: 3}
service_records: [{id: r1, contract: main, deadlines_missed: 4}]
user_groups:
  - {id: reps, name: sales reps, department: sales, involved_since: requirements, usage: 0.25}

tasks:
  - {id: tor, name: Terms of reference, kind: terms_of_reference, duration: 10, start: 2026-02-02, status: done}
  - {id: cfg, name: Configure core, kind: configuration, duration: 15, owner: bob, contributors: [ann], after: [tor]}
  - {id: load, kind: initial_data_load, stage: 1, after: ["cfg SS+3d", "tor"]}

incomplete: [team]                 # more people exist than are listed
waivers:
  - rule: governance.no-sponsor
    about: project
    reason: board decides on 15 March
    approved_by: PMO
    expires: 2026-03-20
"""


@pytest.fixture(scope="module")
def project() -> Project:
    return parse_project(NORDLICHT, "nordlicht.yaml")


def test_everything_written_is_read(project: Project) -> None:
    assert project.as_of == dt.date(2026, 3, 2)
    assert project.project is not None
    assert (project.project.name, project.project.phase) == ("Nordlicht Sales CRM", Phase.IMPLEMENTATION)
    assert project.terms_of_reference is None
    assert project.goals is not None
    assert [(g.name, g.tier) for g in project.goals] == [
        ("shorten quote time", Tier.STRATEGIC),
        ("one view of the customer", None),
    ]
    assert project.team is not None
    ann, bob = project.team
    assert (ann.employment, ann.roles, ann.operational_load) == (
        Employment.IN_HOUSE,
        (Role.ANALYST, Role.CLIENT_PM),
        0.7,
    )
    assert (bob.backs_up, bob.roles) == (("ann",), None)
    assert project.tasks is not None
    tor, cfg, load = project.tasks
    assert (tor.kind, tor.status, tor.start) == (TaskKind.TERMS_OF_REFERENCE, TaskStatus.DONE, dt.date(2026, 2, 2))
    assert (cfg.owner, cfg.contributors, cfg.duration) == ("bob", ("ann",), 15)
    assert load.links == (Link("cfg", LinkType.SS, 3), Link("tor"))
    assert project.sponsors == ()
    assert project.stakeholders is None
    assert project.incomplete == ("team",)
    assert [(w.rule, w.about, w.expires) for w in project.waivers] == [
        ("governance.no-sponsor", "project", dt.date(2026, 3, 20))
    ]


@pytest.mark.parametrize(
    ("relation", "key", "column", "text"),
    [
        ("project", "project", "as_of", "2026-03-02"),
        ("project", "", "", "project"),
        ("project", "project", "", "project"),
        ("project", "project", "phase", "implementation"),
        ("work_model", "work_model", "prototyping", "true"),
        ("team_plan", "team_plan", "criteria_ranking", "[quality, support_and_development, budget, speed]"),
        ("sponsors", "", "", "sponsors"),
        ("team", "", "", "team"),
        ("team", "bob", "", "id: bob"),
        ("team", "bob", "id", "bob"),
        ("team", "bob", "backs_up", "[ann]"),
        ("team", "ann", "operational_load", "0.7"),
        ("goals", "g2", "name", ">"),
        ("tasks", "load", "after", '["cfg SS+3d", "tor"]'),
        ("waivers", "0", "reason", "board decides on 15 March"),
    ],
)
def test_every_fact_says_where_it_was_written(
    project: Project, relation: str, key: str, column: str, text: str
) -> None:
    span = project.places[relation, key, column]
    assert span.file == "nordlicht.yaml"
    line = NORDLICHT.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.column - 1 + span.length] == text


def test_what_was_not_written_has_no_place(project: Project) -> None:
    assert ("team", "ann", "qualified") not in project.places
    assert ("stakeholders", "", "") not in project.places
    assert ("terms_of_reference", "", "") not in project.places


def test_every_place_belongs_to_a_fact_and_every_stated_fact_has_one(project: Project) -> None:
    stated: set[tuple[str, str, str]] = {("project", "project", "as_of")}
    written: dict[str, Any] = project.model_dump(exclude_unset=True, exclude={"schema_version", "as_of", "incomplete"})
    for name, content in written.items():
        if content is None:
            continue
        stated.add((name, "", ""))
        for position, record in enumerate(content if isinstance(content, tuple) else [content]):
            key = name if not isinstance(content, tuple) else record.get("id", str(position))
            stated |= {(name, key, ""), *((name, key, column) for column in record)}
    assert set(project.places) == stated


def test_a_project_built_in_code_equals_the_loaded_one(project: Project) -> None:
    data = project.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert Project.from_dict(data) == project
    assert dict(Project.from_dict(data).places) == {}


def test_json_and_yaml_say_the_same(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "nordlicht.json"
    path.write_text(json.dumps(project.model_dump(mode="json", by_alias=True, exclude_unset=True)), encoding="utf-8")
    loaded = load_project(path)
    assert loaded == project
    assert set(loaded.places) == set(project.places)
    assert {span.file for span in loaded.places.values()} == {str(path)}


def test_a_file_is_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text(NORDLICHT, encoding="utf-8")
    assert load_project("p.yaml").places["team", "", ""] == Span("p.yaml", 31, 1, 4)


def test_the_facts_of_a_loaded_project_fit_the_schema(project: Project) -> None:
    entries, incomplete = project_entries(project)
    base = FactBase.of(project_schema(), entries, incomplete)
    assert {
        n: len(e.rows) for n, e in base.extensions.items() if e.rows and base.schema.relations[n].kind == "list"
    } == {
        "goals": 2,
        "success_measures": 1,
        "departments": 2,
        "seats": 1,
        "team": 2,
        "project_managers": 1,
        "champions": 1,
        "vendors": 1,
        "contracts": 1,
        "service_records": 1,
        "user_groups": 1,
        "tasks": 3,
    }
    complete = {n for n, e in base.extensions.items() if e.complete and base.schema.relations[n].kind == "list"}
    assert "sponsors" in complete
    assert "tasks" in complete
    assert "team" not in complete
    assert "stakeholders" not in complete


def test_the_schema_line_may_be_left_out() -> None:
    assert parse_project("team: [{id: ann}]") == parse_project("schema: crm-rules/project/1\nteam: [{id: ann}]")


def test_words_that_yaml_once_took_for_truth_values_stay_text() -> None:
    project = parse_project("departments: [{id: no, name: NO}, {id: on, name: 'yes'}]")
    assert project.departments is not None
    assert [(d.id, d.name) for d in project.departments] == [("no", "NO"), ("on", "yes")]


def test_an_alias_is_written_where_its_anchor_is() -> None:
    project = parse_project("team:\n  - {id: ann, roles: &r [trainer]}\n  - {id: bob, roles: *r}\n")
    assert project.places["team", "ann", "roles"] == project.places["team", "bob", "roles"]
    assert project.places["team", "bob", "roles"].line == 2
