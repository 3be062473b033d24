"""What an example states becomes facts, or every mistake in it is said at its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_rules.api import project_facts
from crm_rules.diagnostics import render_all
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema
from crm_rules.trial.examples import run_examples
from crm_rules.trial.given import Givens
from tests.files.pack_helpers import shown
from tests.trial.packs import pack, rule, write

SITES = """\
lists:
  sites:
    singular: site
    fields:
      department: departments
      open: bool
sections:
  climate: {fields: {harsh: bool}}
"""


@pytest.fixture
def bridges(tmp_path: Path) -> Givens:
    """Reads examples of a pack that knows no CRM."""
    return Givens(pack(tmp_path, {}).schema)


@pytest.fixture
def sites(tmp_path: Path) -> Givens:
    """Reads examples of a pack that adds to the CRM vocabulary."""
    return Givens(pack(tmp_path, {}, crm=True, facts=SITES, conclusions="{}").schema)


def facts_of(givens: Givens, given: dict[str, Any], unlisted_unknown: bool = False) -> FactBase:
    facts, problems = givens.facts(given, unlisted_unknown)
    assert problems == []
    assert facts is not None
    return facts


def mistakes_in(givens: Givens, given: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    facts, problems = givens.facts(given)
    assert facts is None
    return [(".".join(map(str, p.path)), p.message, p.hint) for p in problems]


# --- what is there, and what is not ------------------------------------------------------------------------


def test_what_is_not_there_is_empty_where_it_is_a_list_and_unknown_where_it_is_a_section(bridges: Givens) -> None:
    facts = facts_of(bridges, {"bridges": [{"id": "b"}]})
    assert {name: (len(e.rows), e.complete) for name, e in facts.extensions.items()} == {
        "bridges": (1, True),
        "people": (0, True),
        "city": (1, True),
    }
    assert set(facts.extensions["city"].rows[0][1:]) == {None}


@pytest.mark.parametrize(
    ("given", "unlisted_unknown", "complete"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"bridges": []}, True, True),
        ({"bridges": None}, False, False),
        ({"incomplete": ["bridges"]}, False, False),
        ({"bridges": [{"id": "b"}], "incomplete": ["bridges"]}, True, False),
    ],
)
def test_when_a_list_is_complete(
    bridges: Givens, given: dict[str, Any], unlisted_unknown: bool, complete: bool
) -> None:
    assert facts_of(bridges, given, unlisted_unknown).extensions["bridges"].complete is complete


@pytest.mark.parametrize(
    ("given", "unlisted_unknown", "complete"),
    [
        ({}, False, {"team": True, "tasks": True, "cycles": True, "sites": True}),
        ({}, True, {"team": False, "tasks": False, "cycles": False, "sites": False}),
        ({"tasks": []}, True, {"team": False, "tasks": True, "cycles": True, "sites": False}),
        ({"incomplete": ["tasks"]}, False, {"team": True, "tasks": False, "cycles": False, "sites": True}),
        ({"incomplete": ["sites", "team"]}, False, {"team": False, "tasks": True, "cycles": True, "sites": False}),
    ],
)
def test_when_a_list_of_a_project_is_complete(
    sites: Givens, given: dict[str, Any], unlisted_unknown: bool, complete: dict[str, bool]
) -> None:
    extensions = facts_of(sites, given, unlisted_unknown).extensions
    assert {name: extensions[name].complete for name in complete} == complete


def test_a_project_is_read_by_its_model(sites: Givens) -> None:
    given = {
        "as_of": "2026-03-02",
        "project": {"phase": "training"},
        "team": [{"id": "ann", "roles": ["analyst"]}],
        "tasks": [{"id": "a", "duration": 2, "owner": "ann"}, {"id": "b", "duration": 1, "after": ["a"]}],
    }
    facts = facts_of(sites, given)
    lists = {name: () for name, r in project_schema().relations.items() if r.kind is RelationKind.LIST}
    lists = {name: () for name in lists if not project_schema().relations[name].computed}
    expected, _ = project_facts(Project.from_dict({**lists, **given}))
    assert {name: facts.extensions[name] for name in expected.extensions} == dict(expected.extensions)
    assert len(facts.extensions["task_links"].rows) == 1


# --- lists and sections of the pack ------------------------------------------------------------------------


def test_values_of_every_kind(bridges: Givens) -> None:
    stated = {
        "id": "b",
        "span": 12.5,
        "lanes": 2,
        "open": False,
        "built": "1931-05-01",
        "load": 1,
        "state": "fair",
        "inspector": "ann",
        "next_to": ["c", "b"],
        "painted": ["red ", "grey", "red"],
    }
    others = [{"id": "c", "name": "Old Bridge"}]
    facts = facts_of(bridges, {"bridges": [stated, *others], "people": [{"id": "ann"}], "city": {"rich": True}})
    assert facts.extensions["bridges"].rows == (
        ("b", "b", 12.5, 2, False, dt.date(1931, 5, 1), 1, 1, "ann", ("b", "c"), ("red", "grey", "red")),
        ("c", "Old Bridge", None, None, None, None, None, None, None, (), None),
    )
    assert facts.extensions["people"].rows == (("ann", "ann", None),)
    assert facts.extensions["city"].rows == (("city", True, None, None, None),)


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("open", "yes", "expected true or false, found text 'yes'", "write true or false"),
        ("open", 1, "expected true or false, found 1", "write true or false"),
        ("span", "12", "expected a number of at least 0 (m), found text '12'", "write 12 without quotes"),
        ("span", -1, "expected a number of at least 0 (m), found -1", None),
        ("span", True, "expected a number of at least 0 (m), found true", None),
        ("span", float("inf"), "expected a number of at least 0 (m), found inf", None),
        ("lanes", 1.5, "expected a whole number, found 1.5", None),
        ("load", 70, "expected a number from 0 to 1 (share), found 70", "write 0.7 for 70 %"),
        ("built", "01.05.1931", "expected a date (YYYY-MM-DD), found text '01.05.1931'", None),
        ("built", "19310501", "expected a date (YYYY-MM-DD), found text '19310501'", None),
        ("built", "1931-02-30", "expected a date (YYYY-MM-DD), found text '1931-02-30'", None),
        ("state", "fiar", "expected one of poor, fair, good, found text 'fiar'", "did you mean 'fair'?"),
        ("state", 1, "expected one of poor, fair, good, found 1", None),
        ("inspector", "anna", "no entry of people has the id 'anna'", "did you mean 'ann'?"),
        ("inspector", "zoe", "no entry of people has the id 'zoe'", "list it under people: '- id: zoe' is enough"),
        ("inspector", 7, "expected an id of people, found 7", "put it in quotes to make it text"),
        ("next_to", "b", "expected a list, found text 'b'", "write [b]"),
        ("painted", "dark red", "expected a list, found text 'dark red'", "write [one, two] or []"),
        ("colour", "red", "bridges has no field 'colour'", None),
        ("lane", 2, "bridges has no field 'lane'", "did you mean 'lanes'?"),
    ],
)
def test_a_value_that_does_not_fit(bridges: Givens, field: str, value: Any, message: str, hint: str | None) -> None:
    given = {"bridges": [{"id": "b", field: value}], "people": [{"id": "ann"}]}
    assert mistakes_in(bridges, given) == [(f"bridges.0.{field}", message, hint)]


def test_members_are_checked_one_by_one(bridges: Givens) -> None:
    given = {"bridges": [{"id": "b", "next_to": ["b", "c"], "painted": ["red", " ", 3]}]}
    assert mistakes_in(bridges, given) == [
        (
            "bridges.0.next_to.1",
            "no entry of bridges has the id 'c'",
            "list it under bridges: '- id: c' is enough",
        ),
        ("bridges.0.painted.1", "expected text, found text ' '", None),
        ("bridges.0.painted.2", "expected text, found 3", "put it in quotes to make it text"),
    ]


@pytest.mark.parametrize(
    ("given", "path", "message", "hint"),
    [
        (
            {"bridges": "b"},
            "bridges",
            "expected a list of entries, found text 'b'",
            "start each entry with '- ', or write [] for none",
        ),
        ({"bridges": ["b"]}, "bridges.0", "expected the fields of a bridge, found text 'b'", "write '- id: b'"),
        ({"bridges": [3]}, "bridges.0", "expected the fields of a bridge, found 3", "write '- id: …'"),
        (
            {"bridges": [{"span": 3}]},
            "bridges.0",
            "this bridge has no id",
            "add 'id:' and a short name that others can refer to",
        ),
        ({"bridges": [{"id": 3}]}, "bridges.0.id", "expected text, found 3", "put it in quotes to make it text"),
        (
            {"bridges": [{"id": "a b"}]},
            "bridges.0.id",
            "text 'a b' cannot be an id",
            "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit",
        ),
        (
            {"bridges": [{"id": "b"}, {"id": "b"}]},
            "bridges.1.id",
            "two entries of bridges have the id 'b'",
            None,
        ),
        ({"city": []}, "city", "expected the fields of city, found an empty list", None),
        ({"city": {"id": "c"}}, "city.id", "city is a section and needs no id", "leave it out"),
        ({"city": {"ritch": True}}, "city.ritch", "city has no field 'ritch'", "did you mean 'rich'?"),
        ({"bridge": []}, "bridge", "there is no section or list 'bridge'", "did you mean 'bridges'?"),
        (
            {"weak": []},
            "weak",
            "'weak' is a conclusion, which only rules can draw",
            "state the facts from which it follows",
        ),
        ({"incomplete": "people"}, "incomplete", "expected a list of lists, found text 'people'", "write [people]"),
        ({"incomplete": ["peopel"]}, "incomplete.0", "there is no list 'peopel'", "did you mean 'people'?"),
        ({"incomplete": ["city"]}, "incomplete.0", "there is no list 'city'", "expected one of: bridges, people"),
        ({"incomplete": [["people"]]}, "incomplete.0", "expected the name of a list, found a list", None),
    ],
)
def test_mistakes_in_the_layout(
    bridges: Givens, given: dict[str, Any], path: str, message: str, hint: str | None
) -> None:
    assert mistakes_in(bridges, given) == [(path, message, hint)]


def test_mistakes_of_project_and_pack_are_found_together(sites: Givens) -> None:
    given = {
        "team": [{"id": "ann", "operational_load": 70}],
        "sites": [{"id": "north", "department": "sales"}],
        "site": [],
        "climate": {"harsh": "very"},
        "cycles": [],
        "incomplete": ["sites", "sitse"],
    }
    assert mistakes_in(sites, given) == [
        ("site", "there is no section or list 'site'", "did you mean 'sites'?"),
        ("incomplete.1", "there is no list 'sitse'", "did you mean 'sites'?"),
        (
            "sites.0.department",
            "no entry of departments has the id 'sales'",
            "list it under departments: '- id: sales' is enough",
        ),
        ("climate.harsh", "expected true or false, found text 'very'", "write true or false"),
        ("team.0.operational_load", "expected a number from 0 to 1 (share), found 70", "write 0.7 for 70 %"),
        ("cycles", "'cycles' is computed from the tasks and cannot be written", "leave it out"),
    ]


def test_entries_of_a_pack_name_entries_of_the_project(sites: Givens) -> None:
    facts = facts_of(sites, {"departments": [{"id": "sales"}], "sites": [{"id": "north", "department": "sales"}]})
    assert facts.extensions["sites"].rows == (("north", "north", "sales", None),)


# --- places ------------------------------------------------------------------------------------------------


def test_mistakes_are_shown_where_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = """
        {name: one, given: {team: [{id: ann, rols: [analyst]}]}, expect: fires}
        {name: two, given: {sites: [{id: north}, {id: north}]}, expect: silent}
        {name: xyz, given: {team: [{id: ann}, {id: ann}], project: {name: 7}}, expect: silent}
        {name: four, given: {}, expect: silent}
    """
    text = rule("- each: s in sites\n  where: s.open", examples)
    write(Path("pack"), {"a.rule": text}, facts=SITES, conclusions="{}")
    report = run_examples("pack")
    assert not report.passed
    assert (report.examples, {o.example for o in report.outcomes}) == (4, {"four"})
    assert render_all(report.problems) == shown(
        """
        pack/a/rule.yaml:14:42: team has no field 'rols'
           14 |   - {name: one, given: {team: [{id: ann, rols: [analyst]}]}, expect: fires}
              |                                          ^^^^ did you mean 'roles'?
        pack/a/rule.yaml:15:51: two entries of sites have the id 'north'
           15 |   - {name: two, given: {sites: [{id: north}, {id: north}]}, expect: silent}
              |                                                   ^^^^^ the first is in line 15
        pack/a/rule.yaml:16:48: two entries of team have the id 'ann'
           16 |   - {name: xyz, given: {team: [{id: ann}, {id: ann}], project: {name: 7}}, expect: silent}
              |                                                ^^^ the first is in line 16
        pack/a/rule.yaml:16:71: expected text, found 7
           16 |   - {name: xyz, given: {team: [{id: ann}, {id: ann}], project: {name: 7}}, expect: silent}
              |                                                                       ^ put it in quotes to make it text
        """
    )


def test_mistakes_of_a_rule_made_in_code_say_where_they_are(tmp_path: Path) -> None:
    examples = """
        {name: one, given: {bridges: [{id: b, span: wide}]}, expect: fires}
        {name: two, given: {}, expect: silent}
    """
    loaded = pack(tmp_path, {"a.rule": rule("- each: b in bridges\n  where: b.open", examples)})
    (problem,) = run_examples(replace(loaded, documents={}), coverage=False).problems
    assert problem.message == "bridges[b].span: expected a number of at least 0 (m), found text 'wide'"
    assert problem.span is not None
    assert (problem.span.line, problem.source) == (14, None)
