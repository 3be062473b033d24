"""A small pack about bridges in which tests make mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType

PACK = """\
schema: crm-rules/pack/1
name: bridges
version: 1.0.0
title: Old bridges
languages: [en]
"""

RULE = """\
title: An old bridge carries heavy traffic
kind: risk
catalogue: BRI-01
phases: [plan]
rationale: >
  Steel tires.
  Nobody sees it.
sources: [manual#page-3]
when:
  - each: bridge in bridges
    where:
      - bridge.age_years > settings.old
      - bridge.state <= "fair"
  - some: road in roads
    where: >-
      road.crosses == bridge.id and
      road.lorries_per_day > 100
  - let: spare
    be: count(r for r in roads)
  - any:
      - - check: spare == 1
      - - none: other in bridges
          where: other.age_years < 5
        - check: city.rich == false
then:
  risk:
    about: bridge
    cause: "{bridge.name} is {bridge.age_years:.0f} years old"
    event: 'it''s closed for {road.name}'
    effect: traffic stops
    likelihood: 3
    impact: spare + 1
    reason: steel fails late
    raise:
      - likelihood: 5
        when:
          - check: bridge.age_years > 100
  conclude:
    decay: {about: bridge.id, years: 10}
  recommend:
    - action: inspect {bridge.name}
      actor: owner
      with: [engineer]
      effort: low
examples:
  - name: old and busy
    given:
      bridges: [{id: b, age_years: 60}]
    expect: fires
  - name: nothing known
    unlisted: unknown
    given: {}
    expect: possible
"""


def _key(*targets: str) -> ValueType:
    return ValueType(Kind.KEY, targets=frozenset(targets))


STATE = EnumType("State", ("bad", "fair", "good"), ordinal=True)
STEP = EnumType("Step", ("plan", "build"), ordinal=True)
YEARS = ValueType(Kind.NUMBER, unit="years", minimum=0)
ACTORS = EnumType("Actor", ("engineer", "owner"))
SCHEMA = Schema.of(
    [
        Relation(
            "bridges",
            RelationKind.LIST,
            (
                Column("id", _key("bridges")),
                Column("name", ValueType(Kind.TEXT)),
                Column("age_years", YEARS),
                Column("state", ValueType(Kind.ENUM, enum=STATE)),
            ),
        ),
        Relation(
            "roads",
            RelationKind.LIST,
            (
                Column("id", _key("roads")),
                Column("name", ValueType(Kind.TEXT)),
                Column("crosses", _key("bridges")),
                Column("lorries_per_day", ValueType(Kind.NUMBER)),
                Column("names", ValueType(Kind.TEXT), Arity.SET),
            ),
        ),
        Relation(
            "city",
            RelationKind.SECTION,
            (
                Column("id", _key("city")),
                Column("rich", ValueType(Kind.BOOL)),
                Column("step", ValueType(Kind.ENUM, enum=STEP)),
            ),
        ),
    ],
    phase=("city", "step"),
)


def edited(text: str, *changes: tuple[str, str]) -> str:
    """A text with parts replaced, each of which stands in it exactly once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def shown(text: str) -> str:
    """A multi-line message as it is written in a test."""
    return dedent(text).strip("\n")


def write_pack(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files of a pack, with the plainest possible `pack.yaml` unless another one is given."""
    for name, text in {"pack.yaml": PACK, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return folder
