"""What every declaration owes its readers: meaning, question, unit, description."""

from __future__ import annotations

import datetime as dt
import string

import pytest

from crm_rules.facts.schema import Column, EnumType, Kind, Relation
from crm_rules.model import enums
from crm_rules.model.base import Entry, Record, fact
from crm_rules.model.enums import Attitude, Choice, Level, LinkType, Phase, Role, enum_type
from crm_rules.model.fields import fields_of, parts_of
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema
from crm_rules.model.task_kinds import TaskKind

STATED = [r for r in project_schema().relations.values() if not r.computed]
COLUMNS = [(r, c) for r in STATED for c in r.columns if c.name != "id" and not c.computed]
CHOICES = [c for c in (*vars(enums).values(), TaskKind) if isinstance(c, type) and issubclass(c, Choice) and len(c)]


def label(value: object) -> str:
    if isinstance(value, Relation | Column | EnumType):
        return value.name
    return getattr(value, "__name__", str(value))


def placeholders(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


@pytest.mark.parametrize(("relation", "column"), COLUMNS, ids=label)
def test_a_field_has_a_meaning_and_a_question(relation: Relation, column: Column) -> None:
    assert column.doc
    assert not column.doc.endswith(".")
    assert column.question.endswith("?")
    assert column.question[0].isupper() or column.question.startswith("{name}")
    in_a_list = relation.kind == "list"
    assert placeholders(column.question) == (["name"] if in_a_list else [])


def test_no_question_is_asked_twice() -> None:
    questions = [c.question for _, c in COLUMNS if c.name != "name"]
    repeated = {q for q in questions if questions.count(q) > 1}
    assert repeated == set()


def test_only_fields_with_a_known_meaning_of_blank_have_one() -> None:
    blanks = {(r.name, c.name): c.blank for r, c in COLUMNS if c.blank is not None and c.name != "name"}
    assert blanks == {
        ("team", "backs_up"): "backs up nobody",
        ("tasks", "contributors"): "nobody else",
        ("tasks", "status"): "planned",
        ("roadmap", "status_date"): "the day the facts describe",
        ("roadmap", "weekdays"): "Monday to Friday",
        ("roadmap", "hours"): "8 to 12 and 13 to 17 o'clock",
        ("roadmap", "holidays"): "no days off besides the weekends",
        ("calendars", "weekdays"): "Monday to Friday",
        ("calendars", "hours"): "8 to 12 and 13 to 17 o'clock",
        ("calendars", "holidays"): "no days off besides the weekends",
        ("tasks", "parent"): "part of no other task",
        ("tasks", "calendar"): "that of the project",
        ("tasks", "constraint"): "as soon as possible",
        ("tasks", "constraint_date"): "no date is laid down",
        ("tasks", "deadline"): "none of its own",
        ("tasks", "manual"): "its dates follow from its links",
        ("tasks", "actual_start"): "the start of a task that is running or done; none while it is planned",
        ("tasks", "actual_finish"): "the finish of a task that is done; none before",
        ("tasks", "progress"): "0 while it is planned, 1 when it is done",
        ("tasks", "remaining"): "what its progress leaves of its duration",
        ("tasks", "baseline_start"): "none was agreed",
        ("tasks", "baseline_finish"): "none was agreed",
        ("tasks", "baseline_duration"): "none was agreed",
        ("tasks", "likely_duration"): "its planned duration",
    }
    names = {r.name: r.column("name").blank for r in STATED if r.kind == "list"}
    elsewhere = {"project_managers", "internal_experts", "champions"}
    assert all("id is taken from" in (names[n] or "") for n in elsewhere)
    assert {blank for name, blank in names.items() if name not in elsewhere} == {"the id is shown instead"}
    assert project_schema().relations["project"].column("name").blank is None


@pytest.mark.parametrize(("relation", "column"), COLUMNS, ids=label)
def test_a_measured_number_has_its_unit(relation: Relation, column: Column) -> None:
    if column.type.kind is not Kind.NUMBER:
        assert column.type.unit is None
    elif column.type.unit is None:
        assert column.type.integer, "a number without a unit can only be a count"
    else:
        assert column.type.unit in {"share", "days", "months", "years"}


@pytest.mark.parametrize("relation", STATED, ids=label)
def test_a_relation_says_what_it_is(relation: Relation) -> None:
    assert relation.doc.endswith(".")
    assert relation.singular
    if relation.kind == "list":
        assert relation.question.endswith("?")
    else:
        assert relation.question == ""
        assert relation.singular == relation.name.replace("_", " ")


def test_the_question_for_more_entries_is_worded_for_each_list() -> None:
    records = [p.record for p in parts_of(Project).values() if p.is_list]
    questions = [r.completeness for r in records if issubclass(r, Entry)]
    nouns = [r.singular for r in records if issubclass(r, Entry)]
    assert len(set(questions)) == len(set(nouns)) == len(records) == 31


@pytest.mark.parametrize("choice", CHOICES, ids=label)
def test_every_member_of_an_enum_is_described(choice: type[Choice]) -> None:
    assert (choice.__doc__ or "").strip().endswith(".")
    for member in choice:
        assert member.description
        assert member.label
        assert member == member.value == member.name.lower()


def test_labels_differ_from_the_value_only_where_spaces_do_not_do() -> None:
    roles = enum_type(Role)
    assert roles.label("client_pm") == "client's project manager"
    assert roles.label("business_expert") == "business expert"
    assert "business_expert" not in roles.labels
    assert enum_type(LinkType).label("ff") == "finish-to-finish"


def test_a_scale_is_compared_by_its_order_and_not_by_the_alphabet() -> None:
    assert Level.LOW < Level.MEDIUM < Level.HIGH
    assert Level.HIGH >= Level.HIGH > Level.NONE
    assert Level.NONE <= Level.NONE
    assert sorted(Attitude, reverse=True) == [Attitude.SUPPORTER, Attitude.NEUTRAL, Attitude.OPPONENT]
    assert max(Phase) is Phase.OPERATION


@pytest.mark.parametrize("other", ["low", Phase.TRAINING], ids=["text", "another enum"])
def test_a_scale_is_not_compared_with_anything_else(other: str) -> None:
    with pytest.raises(TypeError, match=r"cannot compare (Level|Phase) with (str|Level)"):
        sorted([Level.HIGH, other])


def test_a_field_of_an_unknown_sort_cannot_be_declared() -> None:
    class Odd(Record):
        picture: bytes | None = fact("what it looks like", ask="What does it look like?")

    with pytest.raises(TypeError, match="no value type for <class 'bytes'>"):
        fields_of(Odd)


def test_the_day_of_the_facts_is_read_as_a_field_of_the_project() -> None:
    column = project_schema().relations["project"].column("as_of")
    assert column.type.kind is Kind.DATE
    assert Project(as_of=dt.date(2026, 3, 2)).as_of == dt.date(2026, 3, 2)
