"""One rule file: the draft it becomes, and what its author reads about mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from crm_rules.diagnostics import Span
from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, ValueType
from crm_rules.files.rule_file import load_rule
from crm_rules.files.text import Limits, SourceText
from crm_rules.program.check import Conventions
from crm_rules.program.program import compile_program
from crm_rules.rules.draft import ClauseDraft, RuleDraft, Setting, Text
from tests.files.pack_helpers import ACTORS, RULE, SCHEMA, YEARS, edited, shown

DECAY = Relation(
    "decay",
    RelationKind.DERIVED,
    (
        Column("about", ValueType(Kind.KEY, targets=frozenset({"bridges"}))),
        Column("years", YEARS),
    ),
)
CONVENTIONS = Conventions(ACTORS, frozenset({"manual"}), {"old": Setting("old", 50, "years")})


def draft(text: str = RULE) -> RuleDraft:
    return load_rule(SourceText("r.yaml", text), "roads.old-bridge")


def complaint(text: str) -> str:
    with pytest.raises(RulesetError) as caught:
        draft(text)
    return str(caught.value)


def check_complaint(text: str) -> str:
    with pytest.raises(RulesetError) as caught:
        compile_program([draft(text)], SCHEMA.extended([DECAY]), CONVENTIONS)
    return str(caught.value)


# -- the draft ---------------------------------------------------------------------------------------


def test_a_draft_holds_what_the_file_says() -> None:
    rule = draft()
    assert (rule.id, rule.title, rule.kind) == ("roads.old-bridge", "An old bridge carries heavy traffic", "risk")
    assert (rule.status, rule.family, rule.catalogue, rule.replaced_by) == ("active", "roads", "BRI-01", None)
    assert rule.rationale == "Steel tires. Nobody sees it."
    assert [t.value for t in (*rule.phases, *rule.sources)] == ["plan", "manual#page-3"]
    assert rule.head.value == rule.title


def test_optional_keys_replace_what_is_assumed() -> None:
    rule = draft("family: steel\nstatus: deprecated\nreplaced_by: steel.new\n" + RULE)
    assert (rule.family, rule.status) == ("steel", "deprecated")
    assert rule.replaced_by is not None
    assert rule.replaced_by.value == "steel.new"


def outline(clause: ClauseDraft) -> Any:
    inner = [[outline(c) for c in alternative] for alternative in clause.alternatives]
    return (clause.keyword, clause.head.value, [w.value for w in clause.where], clause.be and clause.be.value, inner)


def test_clauses_keep_their_order_and_their_parts() -> None:
    assert [outline(c) for c in draft().when] == [
        ("each", "bridge in bridges", ["bridge.age_years > settings.old", 'bridge.state <= "fair"'], None, []),
        ("some", "road in roads", ["road.crosses == bridge.id and road.lorries_per_day > 100"], None, []),
        ("let", "spare", [], "count(r for r in roads)", []),
        (
            "any",
            "any",
            [],
            None,
            [
                [("check", "spare == 1", [], None, [])],
                [
                    ("none", "other in bridges", ["other.age_years < 5"], None, []),
                    ("check", "city.rich == false", [], None, []),
                ],
            ],
        ),
    ]


def test_consequences_keep_their_parts() -> None:
    rule = draft()
    risk = rule.risk
    assert risk is not None
    assert risk.about is not None
    texts = (risk.head, risk.about, risk.cause, risk.event, risk.effect, risk.likelihood, risk.impact)
    assert [t.value for t in texts] == [
        "risk",
        "bridge",
        "{bridge.name} is {bridge.age_years:.0f} years old",
        "it's closed for {road.name}",
        "traffic stops",
        "3",
        "spare + 1",
    ]
    assert risk.reason == "steel fails late"
    ((worse,),) = (risk.raises,)
    assert (worse.likelihood, worse.impact) == (5, None)
    assert [outline(c) for c in worse.when] == [("check", "bridge.age_years > 100", [], None, [])]
    (conclude,) = rule.concludes
    assert conclude.relation.value == "decay"
    assert {k: v.value for k, (_, v) in conclude.values.items()} == {"about": "bridge.id", "years": "10"}
    (advice,) = rule.recommends
    assert (advice.action.value, advice.actor.value, advice.effort) == ("inspect {bridge.name}", "owner", "low")
    assert [h.value for h in advice.helpers] == ["engineer"]


def test_examples_are_plain_data() -> None:
    first, second = draft().examples
    assert (first.name, first.given, first.expect) == (
        "old and busy",
        {"bridges": [{"id": "b", "age_years": 60}]},
        "fires",
    )
    assert (second.given, second.expect) == ({}, "possible")
    assert [e.unlisted_unknown for e in (first, second)] == [False, True]


@pytest.mark.parametrize(("written", "value"), [("true", "true"), ("0x10", "16"), ("2.50", "2.5"), ("-3", "-3")])
def test_numbers_and_truth_are_expressions_where_a_value_is_meant(written: str, value: str) -> None:
    (conclude,) = draft(edited(RULE, ("years: 10", f"years: {written}"))).concludes
    assert conclude.values["years"][1].value == value


def test_the_checker_accepts_the_draft() -> None:
    text = edited(RULE, ("expect: possible", "expect: silent"), ("bridge.state <=", "bridge.state !="))
    program = compile_program([draft(text)], SCHEMA.extended([DECAY]), CONVENTIONS)
    assert [r.id for r in program.rules] == ["roads.old-bridge"]


# -- places ------------------------------------------------------------------------------------------


def pointed(text: Text, offset: int) -> str:
    """What stands in the file where a text says its characters are."""
    assert text.at is not None
    span, line = text.at(offset)
    assert line is not None
    assert line == RULE.splitlines()[span.line - 1]
    return line[span.column - 1 :]


def test_texts_know_the_place_of_each_of_their_characters() -> None:
    rule = draft()
    assert rule.risk is not None
    folded = rule.when[1].where[0]
    quoted = rule.risk.event
    for text in (folded, quoted, rule.risk.cause, rule.when[0].head, rule.risk.likelihood, rule.sources[0]):
        for offset, character in enumerate(text.value):
            if character != " ":
                assert pointed(text, offset)[0] == character
    assert pointed(folded, folded.value.index("road.lorries")) == "road.lorries_per_day > 100"
    assert pointed(quoted, quoted.value.index("closed")) == "closed for {road.name}'"


def test_keys_know_their_place() -> None:
    rule = draft()
    assert rule.risk is not None
    assert pointed(rule.risk.head, 0) == "risk:"
    assert pointed(rule.concludes[0].relation, 0).startswith("decay:")
    assert pointed(rule.concludes[0].values["years"][0], 0).startswith("years:")
    assert pointed(rule.when[3].head, 0) == "any:"
    assert pointed(rule.risk.raises[0].head, 0) == "likelihood: 5"


def test_a_quoted_key_is_pointed_at_behind_its_quote() -> None:
    (conclude,) = draft(edited(RULE, ("{about: bridge.id", '{"about": bridge.id'))).concludes
    key = conclude.values["about"][0]
    assert key.at is not None
    assert key.at(2)[0] == Span("r.yaml", 39, 16, 3)


def test_blanks_around_a_text_are_not_part_of_it() -> None:
    rule = draft(edited(RULE, ("effect: traffic stops", 'effect: "  traffic stops "')))
    assert rule.risk is not None
    effect = rule.risk.effect
    assert effect.value == "traffic stops"
    assert effect.at is not None
    assert effect.at(0)[0].column == len('    effect: "  ') + 1


# -- mistakes the checker finds: the caret is under the word, wherever it was written --------------------

CHECKED = {
    "second line of a folded condition": (
        ("road.lorries_per_day > 100", "road.lorris_per_day > 100"),
        """
        r.yaml:17:12: roads has no field 'lorris_per_day'
           17 |       road.lorris_per_day > 100
              |            ^^^^^^^^^^^^^^ did you mean 'lorries_per_day'?
        """,
    ),
    "first line of a folded condition": (
        ("road.crosses == bridge.id and", "road.crosses == bridge.idd and"),
        """
        r.yaml:16:30: bridges has no field 'idd'
           16 |       road.crosses == bridge.idd and
              |                              ^^^ did you mean 'id'?
        """,
    ),
    "behind an escaped quote": (
        ("{road.name}'", "{raod.name}'"),
        """
        r.yaml:29:31: nothing is called 'raod' in this rule
           29 |     event: 'it''s closed for {raod.name}'
              |                               ^^^^ did you mean 'road'?
        """,
    ),
    "inside a flow list": (
        ("[manual#page-3]", "[manaul#page-3]"),
        """
        r.yaml:8:11: there is no source 'manaul'
            8 | sources: [manaul#page-3]
              |           ^^^^^^ did you mean 'manual'?
        """,
    ),
    "a clause inside any": (
        ("other in bridges", "other in bridge"),
        """
        r.yaml:22:26: there is no list 'bridge'
           22 |       - - none: other in bridge
              |                          ^^^^^^ did you mean 'bridges'?
        """,
    ),
    "the key of a concluded field": (
        ("years: 10", "year: 10"),
        """
        r.yaml:39:5: decay needs a value for 'years'
           39 |     decay: {about: bridge.id, year: 10}
              |     ^
        r.yaml:39:31: decay has no field 'year'
           39 |     decay: {about: bridge.id, year: 10}
              |                               ^^^^ did you mean 'years'?
        """,
    ),
    "an actor": (
        ("[engineer]", "[enginer]"),
        """
        r.yaml:43:14: Actor has no member 'enginer'
           43 |       with: [enginer]
              |              ^^^^^^^ did you mean 'engineer'?
        """,
    ),
    "a score": (
        ("likelihood: 3", "likelihood: 9"),
        """
        r.yaml:31:17: likelihood is a whole number from 1 to 5, found 9
           31 |     likelihood: 9
              |                 ^
        """,
    ),
}


@pytest.mark.parametrize("case", CHECKED)
def test_the_checker_points_into_the_file(case: str) -> None:
    change, message = CHECKED[case]
    polarities = ("expect: possible", "expect: silent")
    assert check_complaint(edited(RULE, change, polarities)) == shown(message)


# -- mistakes of layout ---------------------------------------------------------------------------------

LAYOUT = {
    "unknown key": (
        ("phases: [plan]", "phase: [plan]"),
        """
        r.yaml:4:1: a rule has no key 'phase'
            4 | phase: [plan]
              | ^^^^^ did you mean 'phases'?
        """,
    ),
    "misspelt required key": (
        ("title:", "titel:"),
        """
        r.yaml:1:1: a rule has no key 'titel'
            1 | titel: An old bridge carries heavy traffic
              | ^^^^^ did you mean 'title'?
        """,
    ),
    "missing keys": (
        ("title: An old bridge carries heavy traffic\nkind: risk\n", ""),
        """
        r.yaml:1:1: this rule has no 'title' or 'kind'
            1 | catalogue: BRI-01
              | ^^^^^^^^^^^^^^^^^
        """,
    ),
    "id": (
        ("kind: risk", "kind: risk\nid: roads.old"),
        """
        r.yaml:3:1: a rule has no key 'id'
            3 | id: roads.old
              | ^^ the id of a rule is the path of its file in the pack: leave it out
        """,
    ),
    "key that lost its indentation": (
        ("  recommend:", "recommend:"),
        """
        r.yaml:40:1: a rule has no key 'recommend'
           40 | recommend:
              | ^^^^^^^^^ it belongs under then
        """,
    ),
    "key with too much indentation": (
        ("  recommend:\n", "    recommend:\n"),
        """
        r.yaml:41:5: expected the fields of 'recommend', found a list
           41 |     - action: inspect {bridge.name}
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ recommend stands beside conclude: indent it less
        """,
    ),
    "wrong word": (
        ("kind: risk", "kind: rsik"),
        """
        r.yaml:2:7: kind cannot be 'rsik'
            2 | kind: rsik
              |       ^^^^ did you mean 'risk'?
        """,
    ),
    "number for text": (
        ("catalogue: BRI-01", "catalogue: 1.10"),
        """
        r.yaml:3:12: expected text, found 1.1
            3 | catalogue: 1.10
              |            ^^^^ put it in quotes to make it text
        """,
    ),
    "nothing for text": (
        ("title: An old bridge carries heavy traffic", "title:"),
        """
        r.yaml:1:7: expected text, found nothing
            1 | title:
              |       ^
        """,
    ),
    "blank text": (
        ("reason: steel fails late", "reason: ' '"),
        """
        r.yaml:33:13: expected text, found blank text
           33 |     reason: ' '
              |             ^^^
        """,
    ),
    "text for a list": (
        ("[plan]", "plan"),
        """
        r.yaml:4:9: expected a list of phases, found text 'plan'
            4 | phases: plan
              |         ^^^^ write [plan]
        """,
    ),
    "the same twice": (
        ("[engineer]", "[engineer, engineer]"),
        """
        r.yaml:43:24: 'engineer' is named twice
           43 |       with: [engineer, engineer]
              |                        ^^^^^^^^
        """,
    ),
    "template that starts with a brace": (
        ("inspect {bridge.name}", "{bridge.name}"),
        """
        r.yaml:41:15: expected text, found a mapping
           41 |     - action: {bridge.name}
              |               ^^^^^^^^^^^^^ text that starts with { needs quotes
        """,
    ),
    "clause without keyword": (
        ("  - let: spare\n    be: count(r for r in roads)", "  - count(r for r in roads) > 1"),
        """
        r.yaml:18:5: expected a clause, found text 'count(r for r in roads) > 1'
           18 |   - count(r for r in roads) > 1
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^ write 'check: …' for a condition
        """,
    ),
    "misspelt keyword": (
        ("- let: spare", "- lte: spare"),
        """
        r.yaml:18:5: no clause begins with 'lte'
           18 |   - lte: spare
              |     ^^^ did you mean 'let'?
        """,
    ),
    "where that lost its indentation": (
        ("    where: >-", "  - where: >-"),
        """
        r.yaml:15:5: no clause begins with 'where'
           15 |   - where: >-
              |     ^^^^^ where goes with each, some and none: indent it below one of them
        """,
    ),
    "two keywords": (
        ("    be: count(r for r in roads)", "    check: count(r for r in roads)"),
        """
        r.yaml:18:5: this let has no 'be'
           18 |   - let: spare
              |     ^^^ add 'be:' and the expression it stands for
        r.yaml:19:5: a clause has one keyword, found 'let' and 'check'
           19 |     check: count(r for r in roads)
              |     ^^^^^ start a new clause with '- '
        """,
    ),
    "where beside check": (
        ("- - check: spare == 1", "- - check: spare == 1\n          where: city.rich"),
        """
        r.yaml:22:11: 'check' has no key 'where'
           22 |           where: city.rich
              |           ^^^^^ where goes with each, some and none: indent it below one of them
        """,
    ),
    "be beside each": (
        ("    where:\n      - bridge", "    be: 3\n    where:\n      - bridge"),
        """
        r.yaml:11:5: 'each' has no key 'be'
           11 |     be: 3
              |     ^^ be goes with let
        """,
    ),
    "misspelt where": (
        ("    where:\n      - bridge", "    wehre:\n      - bridge"),
        """
        r.yaml:11:5: 'each' has no key 'wehre'
           11 |     wehre:
              |     ^^^^^ did you mean 'where'?
        """,
    ),
    "empty clause": (
        ("  - let: spare\n    be: count(r for r in roads)", "  - {}"),
        """
        r.yaml:18:5: this clause is empty
           18 |   - {}
              |     ^^ expected one of: any, check, each, let, none, some
        """,
    ),
    "true for a condition": (
        ("spare == 1", "true"),
        """
        r.yaml:21:18: expected a condition, found true
           21 |       - - check: true
              |                  ^^^^
        """,
    ),
    "list for an expression": (
        ("years: 10", "years: [10]"),
        """
        r.yaml:39:38: expected an expression, found a list
           39 |     decay: {about: bridge.id, years: [10]}
              |                                      ^^^^
        """,
    ),
    "alternative that is no list": (
        ("- - check: spare == 1", "- check: spare == 1"),
        """
        r.yaml:21:9: expected an alternative, which is a list of clauses, found a mapping
           21 |       - check: spare == 1
              |         ^^^^^^^^^^^^^^^^^ begin it with '- - '
        """,
    ),
    "fraction for a score": (
        ("likelihood: 3", "likelihood: 3.5"),
        """
        r.yaml:31:17: expected a whole number from 1 to 5 or an expression, found 3.5
           31 |     likelihood: 3.5
              |                 ^^^
        """,
    ),
    "text for a whole number": (
        ("likelihood: 5", 'likelihood: "5"'),
        """
        r.yaml:35:21: expected a whole number, found text '5'
           35 |       - likelihood: "5"
              |                     ^^^ write 5 without quotes
        """,
    ),
    "raise that is no list": (
        ("      - likelihood: 5\n        when:", "        likelihood: 5\n        when:"),
        """
        r.yaml:35:9: expected a list of raise entries, found a mapping
           35 |         likelihood: 5
              |         ^^^^^^^^^^^^^ start each one with '- '
        """,
    ),
    "missing parts of a risk": (
        ("    effect: traffic stops\n    likelihood: 3\n    impact: spare + 1\n", ""),
        """
        r.yaml:26:3: this risk has no 'effect', 'likelihood' or 'impact'
           26 |   risk:
              |   ^^^^
        """,
    ),
    "conclusion without fields": (
        ("decay: {about: bridge.id, years: 10}", "decay: bridge.id"),
        """
        r.yaml:39:12: expected the fields of 'decay', found text 'bridge.id'
           39 |     decay: bridge.id
              |            ^^^^^^^^^
        """,
    ),
    "nothing given": (
        ("given: {}", "given:"),
        """
        r.yaml:52:11: expected lists and sections of a project, found nothing
           52 |     given:
              |           ^ write {} when nothing needs to be stated
        """,
    ),
    "unlisted": (
        ("unlisted: unknown", "unlisted: empty"),
        """
        r.yaml:51:15: unlisted cannot be 'empty'
           51 |     unlisted: empty
              |               ^^^^^ expected one of: unknown
        """,
    ),
    "no mapping at all": (
        (RULE, "- each: bridge in bridges"),
        """
        r.yaml:1:1: expected the keys of a rule, found a list
            1 | - each: bridge in bridges
              | ^^^^^^^^^^^^^^^^^^^^^^^^^ begin with 'title:'
        """,
    ),
    "no content": (
        (RULE, "# to be written"),
        """
        r.yaml: the file is empty
          it has no content besides blank lines and comments
        """,
    ),
    "key given twice": (
        ("kind: risk", "kind: risk\nkind: issue"),
        """
        r.yaml:3:1: key 'kind' appears twice, on lines 2 and 3
            3 | kind: issue
              | ^^^^ keep one of the two
        """,
    ),
}


@pytest.mark.parametrize("case", LAYOUT)
def test_mistakes_of_layout_are_shown_at_their_place(case: str) -> None:
    change, message = LAYOUT[case]
    assert complaint(edited(RULE, change)) == shown(message)


def test_all_mistakes_of_a_file_are_reported_at_once() -> None:
    text = edited(
        RULE,
        ("kind: risk", "kind: rsk"),
        ("- let: spare", "- lte: spare"),
        ("effort: low", "effort: little"),
        ("expect: fires", "expect: fire"),
        ("given: {}", "given: []"),
    )
    with pytest.raises(RulesetError) as caught:
        draft(text)
    assert [d.span and d.span.line for d in caught.value.diagnostics] == [2, 18, 44, 49, 52]


def test_a_value_used_again_is_reported_where_it_was_written() -> None:
    text = edited(RULE, ("cause: ", "cause: &c "), ("effect: traffic stops", "effect: *c"))
    rule = draft(text)
    assert rule.risk is not None
    assert rule.risk.effect.value == rule.risk.cause.value
    assert rule.risk.effect.span == rule.risk.cause.span


def test_limits_are_those_given() -> None:
    with pytest.raises(RulesetError, match="limit max_depth"):
        load_rule(SourceText("r.yaml", RULE), "roads.old-bridge", Limits(max_depth=3))
