"""What a pack declares: lists, sections, the phase and conclusions, and mistakes in declaring them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.files.declarations import Conclusion
from crm_rules.files.ruleset import Pack, load_pack
from tests.files.pack_helpers import SCHEMA, STATE, shown, write_pack

FACTS = """\
lists:
  piers:
    singular: pier
    meaning: what bridges stand on
    question: Are these all piers?
    fields:
      height_m:
        type: number
        unit: m
        minimum: 0.5
        maximum: 200
        meaning: above ground
        question: How tall is {name}?
      stones: {type: number, integer: true}
      filled: share
      bridge: bridges
      neighbours: {type: key, of: [piers, city], many: set, blank: it stands alone}
      material: {type: enum, enum: Material, members: [stone, steel], ordinal: true}
      replacement: {type: enum, enum: Material}
      state: {type: enum, enum: State}
      built: {type: date}
      plan: crew
      notes: {type: text, many: sequence}
      dry: bool
sections:
  crew:
    meaning: who works
    fields:
      step: {type: enum, enum: CrewStep, members: [hired, paid], ordinal: true}
"""

CONCLUSIONS = """\
unsafe:
  title: Not safe
  sentence: "{about} bears {load:.0%} in {{ideal}} weather"
  meaning: the pier may give way
  fields:
    about: piers
    load: share
  catalogue: CHN-01
  level: 2
closed:
  {title: Closed, sentence: "{about} is closed", meaning: no way across, fields: {about: {type: bridges, many: set}}}
"""

PHASELESS = Schema.of(SCHEMA.relations.values())


def loaded(folder: Path, schema: Schema = SCHEMA, **files: str) -> Pack:
    return load_pack(write_pack(folder, {f"{name}.yaml": text for name, text in files.items()}), schema)


def complaint(folder: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str], schema: Schema = SCHEMA) -> str:
    write_pack(folder, {f"{name}.yaml": text for name, text in files.items()})
    monkeypatch.chdir(folder)
    with pytest.raises(RulesetError) as caught:
        load_pack(".", schema)
    return str(caught.value)


# -- what becomes of declarations ------------------------------------------------------------------------


def test_a_list_has_id_and_name_and_the_declared_fields(tmp_path: Path) -> None:
    material = EnumType("Material", ("stone", "steel"), ordinal=True)
    piers = loaded(tmp_path, facts=FACTS).schema.relations["piers"]
    assert (piers.kind, piers.singular, piers.doc) == (RelationKind.LIST, "pier", "what bridges stand on")
    assert piers.question == "Are these all piers?"
    assert piers.columns[0].type == ValueType(Kind.KEY, targets=frozenset({"piers"}))
    assert piers.columns[1].type == ValueType(Kind.TEXT)
    assert [c.name for c in piers.columns[:2]] == ["id", "name"]
    assert piers.columns[2] == Column(
        "height_m",
        ValueType(Kind.NUMBER, unit="m", minimum=0.5, maximum=200),
        doc="above ground",
        question="How tall is {name}?",
    )
    assert {c.name: (c.type, c.arity, c.blank) for c in piers.columns[3:]} == {
        "stones": (ValueType(Kind.NUMBER, integer=True), Arity.ONE, None),
        "filled": (ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1), Arity.ONE, None),
        "bridge": (ValueType(Kind.KEY, targets=frozenset({"bridges"})), Arity.ONE, None),
        "neighbours": (ValueType(Kind.KEY, targets=frozenset({"piers", "city"})), Arity.SET, "it stands alone"),
        "material": (ValueType(Kind.ENUM, enum=material), Arity.ONE, None),
        "replacement": (ValueType(Kind.ENUM, enum=material), Arity.ONE, None),
        "state": (ValueType(Kind.ENUM, enum=STATE), Arity.ONE, None),
        "built": (ValueType(Kind.DATE), Arity.ONE, None),
        "plan": (ValueType(Kind.KEY, targets=frozenset({"crew"})), Arity.ONE, None),
        "notes": (ValueType(Kind.TEXT), Arity.SEQUENCE, None),
        "dry": (ValueType(Kind.BOOL), Arity.ONE, None),
    }


def test_a_section_has_an_id_and_the_declared_fields(tmp_path: Path) -> None:
    crew = loaded(tmp_path, facts=FACTS).schema.relations["crew"]
    assert (crew.kind, crew.doc, [c.name for c in crew.columns]) == (RelationKind.SECTION, "who works", ["id", "step"])
    assert crew.columns[0].type == ValueType(Kind.KEY, targets=frozenset({"crew"}))


def test_a_conclusion_is_a_derived_relation_with_exactly_its_fields(tmp_path: Path) -> None:
    pack = loaded(tmp_path, facts=FACTS, conclusions=CONCLUSIONS)
    sentence = "{about} bears {load:.0%} in {{ideal}} weather"
    assert list(pack.conclusions) == ["closed", "unsafe"]
    assert pack.conclusions["unsafe"] == Conclusion(
        "unsafe", "Not safe", sentence, "the pier may give way", "CHN-01", 2
    )
    assert pack.schema.relations["unsafe"] == Relation(
        "unsafe",
        RelationKind.DERIVED,
        (
            Column("about", ValueType(Kind.KEY, targets=frozenset({"piers"}))),
            Column("load", ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1)),
        ),
        doc="the pier may give way",
        singular="Not safe",
        sentence=sentence,
        title="Not safe",
    )
    assert pack.schema.relations["closed"].columns[0].arity is Arity.SET
    assert (pack.conclusions["closed"].catalogue, pack.conclusions["closed"].level) == ("", None)


def test_declarations_are_added_behind_the_given_schema_in_the_order_of_names(tmp_path: Path) -> None:
    pack = loaded(
        tmp_path,
        facts="lists: {z: {singular: z, fields: {}}, a: {singular: a, fields: {}}}\nsections: {m: {fields: {}}}\n",
        conclusions=CONCLUSIONS.replace("about: piers", "about: bridges"),
    )
    assert list(pack.schema.relations) == ["bridges", "roads", "city", "a", "z", "m", "closed", "unsafe"]
    assert pack.schema.phase == SCHEMA.phase


def test_a_pack_without_declarations_leaves_the_schema_as_it_is(tmp_path: Path) -> None:
    assert loaded(tmp_path).schema == SCHEMA


@pytest.mark.parametrize(("section", "field"), [("city", "step"), ("crew", "step")])
def test_a_pack_can_say_which_field_tells_the_phase(tmp_path: Path, section: str, field: str) -> None:
    facts = f"{FACTS}phase: {{section: {section}, field: {field}}}\n"
    assert loaded(tmp_path, PHASELESS, facts=facts).schema.phase == (section, field)


# -- mistakes ------------------------------------------------------------------------------------------


def declaring(field: str) -> str:
    """A list with one field."""
    return f"lists:\n  piers:\n    singular: pier\n    fields:\n      {field}\n"


FIELDS = {
    "misspelt type": (
        "height: nubmer",
        """
        facts.yaml:5:15: there is no type 'nubmer'
            5 |       height: nubmer
              |               ^^^^^^ did you mean 'number'?
        """,
    ),
    "misspelt list": (
        "bridge: {type: bridge, meaning: what it carries}",
        """
        facts.yaml:5:22: there is no type 'bridge'
            5 |       bridge: {type: bridge, meaning: what it carries}
              |                      ^^^^^^ did you mean 'bridges'?
        """,
    ),
    "option of another type": (
        "built: {type: date, unit: m}",
        """
        facts.yaml:5:27: 'unit' goes with a number, found type 'date'
            5 |       built: {type: date, unit: m}
              |                           ^^^^ leave it out
        """,
    ),
    "unknown option": (
        "built: {type: date, minium: 3}",
        """
        facts.yaml:5:27: a field has no key 'minium'
            5 |       built: {type: date, minium: 3}
              |                           ^^^^^^ did you mean 'minimum'?
        """,
    ),
    "no type": (
        "built: {meaning: when}",
        """
        facts.yaml:5:7: this field has no 'type'
            5 |       built: {meaning: when}
              |       ^^^^^
        """,
    ),
    "no number": (
        "height: {type: number, minimum: low}",
        """
        facts.yaml:5:39: expected a number, found text 'low'
            5 |       height: {type: number, minimum: low}
              |                                       ^^^
        """,
    ),
    "quoted number": (
        "height: {type: number, minimum: '0.5'}",
        """
        facts.yaml:5:39: expected a number, found text '0.5'
            5 |       height: {type: number, minimum: '0.5'}
              |                                       ^^^^^ write 0.5 without quotes
        """,
    ),
    "empty range": (
        "height: {type: number, minimum: 5, maximum: 2}",
        """
        facts.yaml:5:51: the maximum 2 is below the minimum 5
            5 |       height: {type: number, minimum: 5, maximum: 2}
              |                                                   ^
        """,
    ),
    "no flag": (
        "height: {type: number, integer: 1}",
        """
        facts.yaml:5:39: expected true or false, found 1
            5 |       height: {type: number, integer: 1}
              |                                       ^
        """,
    ),
    "key of nothing": (
        "near: {type: key}",
        """
        facts.yaml:5:20: a key has to say of what
            5 |       near: {type: key}
              |                    ^^^ write {type: key, of: [team]}
        """,
    ),
    "key of an unknown list": (
        "near: {type: key, of: [piers, bridgse]}",
        """
        facts.yaml:5:37: there is no list or section 'bridgse'
            5 |       near: {type: key, of: [piers, bridgse]}
              |                                     ^^^^^^^ did you mean 'bridges'?
        """,
    ),
    "key of no list": (
        "near: {type: key, of: []}",
        """
        facts.yaml:5:29: a key needs at least one list
            5 |       near: {type: key, of: []}
              |                             ^^
        """,
    ),
    "enum without name": (
        "kind: enum",
        """
        facts.yaml:5:13: an enum has to say of what
            5 |       kind: enum
              |             ^^^^ write {type: enum, enum: Name}
        """,
    ),
    "enum with members and no name": (
        "kind: {type: enum, members: [a]}",
        """
        facts.yaml:5:20: an enum needs a name
            5 |       kind: {type: enum, members: [a]}
              |                    ^^^^ write {type: enum, enum: Name}
        """,
    ),
    "enum as a type": (
        "kind: State",
        """
        facts.yaml:5:13: 'State' is an enum
            5 |       kind: State
              |             ^^^^^ write {type: enum, enum: State}
        """,
    ),
    "misspelt enum": (
        "kind: {type: enum, enum: Sate}",
        """
        facts.yaml:5:32: there is no enum 'Sate'
            5 |       kind: {type: enum, enum: Sate}
              |                                ^^^^ did you mean 'State'?
        """,
    ),
    "enum declared again": (
        "kind: {type: enum, enum: State, members: [up, down]}",
        """
        facts.yaml:5:32: there is already an enum 'State'
            5 |       kind: {type: enum, enum: State, members: [up, down]}
              |                                ^^^^^ leave members out to use it, or choose another name
        """,
    ),
    "order without members": (
        "kind: {type: enum, enum: State, ordinal: true}",
        """
        facts.yaml:5:39: 'ordinal' stands where the members are given
            5 |       kind: {type: enum, enum: State, ordinal: true}
              |                                       ^^^^^^^ leave it out, or give the members here
        """,
    ),
    "members": (
        "kind: {members: [a, Down, a, true], type: enum, enum: New}",
        """
        facts.yaml:5:27: 'Down' cannot be a member
            5 |       kind: {members: [a, Down, a, true], type: enum, enum: New}
              |                           ^^^^ use lower-case letters, digits and _, beginning with a letter
        facts.yaml:5:33: 'a' is named twice
            5 |       kind: {members: [a, Down, a, true], type: enum, enum: New}
              |                                 ^
        facts.yaml:5:36: expected text, found true
            5 |       kind: {members: [a, Down, a, true], type: enum, enum: New}
              |                                    ^^^^ put it in quotes to make it text
        """,
    ),
    "no members": (
        "kind: {type: enum, enum: New, members: []}",
        """
        facts.yaml:5:46: an enum needs at least one member
            5 |       kind: {type: enum, enum: New, members: []}
              |                                              ^^
        """,
    ),
    "many": (
        "notes: {type: text, many: several}",
        """
        facts.yaml:5:33: many cannot be 'several'
            5 |       notes: {type: text, many: several}
              |                                 ^^^^^^^ expected one of: sequence, set
        """,
    ),
    "question about another field": (
        "built: {type: date, question: 'When was {who} built?'}",
        """
        facts.yaml:5:48: there is no field 'who'
            5 |       built: {type: date, question: 'When was {who} built?'}
              |                                                ^^^ expected one of: name
        """,
    ),
    "declared by itself": (
        "id: text",
        """
        facts.yaml:5:7: 'id' is there without being declared
            5 |       id: text
              |       ^^ leave it out
        """,
    ),
    "form of a name": (
        "height-m: number",
        """
        facts.yaml:5:7: 'height-m' cannot be the name of a field
            5 |       height-m: number
              |       ^^^^^^^^ use lower-case letters, digits and _, beginning with a letter
        """,
    ),
    "word of the language": (
        "from: date",
        """
        facts.yaml:5:7: 'from' is a word of the language and cannot be the name of a field
            5 |       from: date
              |       ^^^^ choose another name
        """,
    ),
    "no type written": (
        "height:",
        """
        facts.yaml:5:14: expected a type, found nothing
            5 |       height:
              |              ^
        """,
    ),
    "enum whose name is no text": (
        "kind: {type: enum, enum: 5, members: [a]}",
        """
        facts.yaml:5:32: expected text, found 5
            5 |       kind: {type: enum, enum: 5, members: [a]}
              |                                ^ put it in quotes to make it text
        """,
    ),
    "neither word nor mapping": (
        "notes: [text]",
        """
        facts.yaml:5:14: expected the keys of a field, found a list
            5 |       notes: [text]
              |              ^^^^^^ begin with 'type:'
        """,
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_mistakes_in_fields(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field, message = FIELDS[case]
    assert complaint(tmp_path, monkeypatch, {"facts": declaring(field)}) == shown(message)


RELATIONS = {
    "name taken by the schema": (
        {"facts": "lists:\n  bridges: {singular: bridge, fields: {}}\n"},
        """
        facts.yaml:2:3: there is already a list 'bridges'
            2 |   bridges: {singular: bridge, fields: {}}
              |   ^^^^^^^ choose another name
        """,
    ),
    "list and section of one name": (
        {"facts": "lists: {crew: {singular: one, fields: {}}}\nsections: {crew: {fields: {}}}\n"},
        """
        facts.yaml:2:12: there is already a list 'crew'
            2 | sections: {crew: {fields: {}}}
              |            ^^^^ choose another name
        """,
    ),
    "word of the language": (
        {"facts": "lists: {settings: {singular: one, fields: {}}}\n"},
        """
        facts.yaml:1:9: 'settings' is a word of the language and cannot be the name of a list
            1 | lists: {settings: {singular: one, fields: {}}}
              |         ^^^^^^^^ choose another name
        """,
    ),
    "missing keys": (
        {"facts": "lists: {crew: {meaning: who works}}\n"},
        """
        facts.yaml:1:9: this list has no 'singular' or 'fields'
            1 | lists: {crew: {meaning: who works}}
              |         ^^^^
        """,
    ),
    "second phase": (
        {"facts": "phase: {section: city, field: step}\n"},
        """
        facts.yaml:1:8: the phase is told by city.step already
            1 | phase: {section: city, field: step}
              |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ leave phase out
        """,
    ),
    "reference to a conclusion": (
        {
            "facts": "lists: {crew: {singular: one, fields: {why: closed}}}\n",
            "conclusions": "closed: {title: T, sentence: S, meaning: M, fields: {about: closed}}\n",
        },
        """
        conclusions.yaml:1:61: 'closed' is a conclusion, whose facts have no ids
            1 | closed: {title: T, sentence: S, meaning: M, fields: {about: closed}}
              |                                                             ^^^^^^
        facts.yaml:1:45: 'closed' is a conclusion, whose facts have no ids
            1 | lists: {crew: {singular: one, fields: {why: closed}}}
              |                                             ^^^^^^
        """,
    ),
    "holes of a sentence": (
        {
            "conclusions": """\
            closed:
              title: Closed
              sentence: >
                {{about}} {about} is closed for
                {daays} or {days:%q} days, {about:.1f} {days!r}
              meaning: no way across
              fields: {about: bridges, days: number}
            """
        },
        """
        conclusions.yaml:5:6: there is no field 'daays'
            5 |     {daays} or {days:%q} days, {about:.1f} {days!r}
              |      ^^^^^ did you mean 'days'?
        conclusions.yaml:5:17: '%q' does not format 'days'
            5 |     {daays} or {days:%q} days, {about:.1f} {days!r}
              |                 ^^^^ numbers take formats such as .0% or .1f
        conclusions.yaml:5:33: '.1f' does not format 'about'
            5 |     {daays} or {days:%q} days, {about:.1f} {days!r}
              |                                 ^^^^^ numbers take formats such as .0% or .1f
        conclusions.yaml:5:45: conversions with ! are not part of templates
            5 |     {daays} or {days:%q} days, {about:.1f} {days!r}
              |                                             ^^^^
        """,
    ),
    "open brace": (
        {"conclusions": 'closed: {title: T, sentence: "{about", meaning: M, fields: {about: city}}\n'},
        """
        conclusions.yaml:1:31: the braces of this text do not match (expected '}' before end of string)
            1 | closed: {title: T, sentence: "{about", meaning: M, fields: {about: city}}
              |                               ^^^^^^
        """,
    ),
    "no field": (
        {"conclusions": "closed: {title: T, sentence: S, meaning: M, fields: {}}\n"},
        """
        conclusions.yaml:1:53: a conclusion needs at least one field
            1 | closed: {title: T, sentence: S, meaning: M, fields: {}}
              |                                                     ^^ write {about: project}
        """,
    ),
    "no fields": (
        {"conclusions": "closed: {title: T, sentence: S, meaning: M}\n"},
        """
        conclusions.yaml:1:1: this conclusion has no 'fields'
            1 | closed: {title: T, sentence: S, meaning: M}
              | ^^^^^^
        """,
    ),
    "question of a derived field": (
        {
            "conclusions": "closed: {title: T, sentence: S, meaning: M, fields: {about: {type: city, question: Q}}}\n",
        },
        """
        conclusions.yaml:1:74: a field has no key 'question'
            1 | closed: {title: T, sentence: S, meaning: M, fields: {about: {type: city, question: Q}}}
              |                                                                          ^^^^^^^^
        """,
    ),
    "level": (
        {"conclusions": "closed: {title: T, sentence: S, meaning: M, fields: {about: city}, level: 0}\n"},
        """
        conclusions.yaml:1:75: levels are counted from 1, found 0
            1 | closed: {title: T, sentence: S, meaning: M, fields: {about: city}, level: 0}
              |                                                                           ^
        """,
    ),
}


@pytest.mark.parametrize("case", RELATIONS)
def test_mistakes_in_declarations(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, message = RELATIONS[case]
    assert complaint(tmp_path, monkeypatch, files) == shown(message)


PHASES = {
    "misspelt section": (
        "phase: {section: ctiy, field: step}",
        """
        facts.yaml:1:18: there is no section 'ctiy'
            1 | phase: {section: ctiy, field: step}
              |                  ^^^^ did you mean 'city'?
        """,
    ),
    "a list": (
        "phase: {section: roads, field: step}",
        """
        facts.yaml:1:18: there is no section 'roads'
            1 | phase: {section: roads, field: step}
              |                  ^^^^^ expected one of: city
        """,
    ),
    "a field without order": (
        "phase: {section: city, field: rich}",
        """
        facts.yaml:1:31: city has no ordinal field 'rich'
            1 | phase: {section: city, field: rich}
              |                               ^^^^ expected one of: step
        """,
    ),
    "no field": (
        "phase: {section: city}",
        """
        facts.yaml:1:8: this phase has no 'field'
            1 | phase: {section: city}
              |        ^^^^^^^^^^^^^^^
        """,
    ),
}


@pytest.mark.parametrize("case", PHASES)
def test_mistakes_in_the_phase(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, message = PHASES[case]
    assert complaint(tmp_path, monkeypatch, {"facts": facts}, PHASELESS) == shown(message)


def test_a_file_that_cannot_be_read_makes_no_names_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conclusions = CONCLUSIONS.replace("load: share", "load: {type: enum, enum: Material}")
    files = {"facts": "lists: [", "conclusions": conclusions.replace(":.0%", "")}
    broken = complaint(tmp_path, monkeypatch, files)
    assert re.findall(r"^\S+:\d+:\d+", broken, re.MULTILINE) == ["facts.yaml:1:9"]


def test_what_is_wrong_in_both_files_is_reported_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "facts": declaring("height: nubmer\n      width: {type: number, minimum: low}"),
        "conclusions": "closed: {title: T, sentence: S, meaning: M, fields: {about: bridge}}\n",
    }
    broken = complaint(tmp_path, monkeypatch, files)
    assert re.findall(r"^\S+:\d+:\d+", broken, re.MULTILINE) == [
        "conclusions.yaml:1:61",
        "facts.yaml:5:15",
        "facts.yaml:6:38",
    ]
