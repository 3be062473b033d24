"""A small subject for tests of the checker: people, the jobs they own, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_rules.diagnostics import Diagnostic, render_all
from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.files.rule_file import load_rule
from crm_rules.files.text import SourceText
from crm_rules.program.check import Conventions
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import RuleDraft, Setting

LEVEL = EnumType("Level", ("none", "low", "medium", "high"), ordinal=True)
MOOD = EnumType("Mood", ("calm", "tense"))
PHASE = EnumType("Phase", ("plan", "build", "run"), ordinal=True)
TEXT, NUMBER, BOOL, DATE = (ValueType(k) for k in (Kind.TEXT, Kind.NUMBER, Kind.BOOL, Kind.DATE))
SHARE = ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1)
DAYS = ValueType(Kind.NUMBER, unit="days", minimum=0)


def key(*targets: str) -> ValueType:
    """The id of an entry of one of several lists."""
    return ValueType(Kind.KEY, targets=frozenset(targets))


SCHEMA = Schema.of(
    [
        Relation(
            "site",
            RelationKind.SECTION,
            (
                Column("id", key("site")),
                Column("phase", ValueType(Kind.ENUM, enum=PHASE)),
                Column("limit", NUMBER),
                Column("opened", DATE),
            ),
        ),
        Relation(
            "people",
            RelationKind.LIST,
            (
                Column("id", key("people")),
                Column("name", TEXT),
                Column("load", SHARE),
                Column("age", NUMBER),
                Column("ready", BOOL),
                Column("level", ValueType(Kind.ENUM, enum=LEVEL)),
                Column("mood", ValueType(Kind.ENUM, enum=MOOD)),
                Column("backs", key("people"), Arity.SET),
                Column("since", DATE),
                Column("tags", TEXT, Arity.SEQUENCE),
            ),
        ),
        Relation(
            "jobs",
            RelationKind.LIST,
            (Column("id", key("jobs")), Column("owner", key("people")), Column("duration", DAYS)),
        ),
        Relation("busy", RelationKind.DERIVED, (Column("who", key("people")),)),
        Relation("before", RelationKind.DERIVED, (Column("first", key("jobs")), Column("second", key("jobs")))),
    ],
    phase=("site", "phase"),
)
CONVENTIONS = Conventions(
    actors=EnumType("Actor", ("boss", "clerk", "owner")),
    sources=frozenset({"handbook", "survey"}),
    settings={
        "heavy_load": Setting("heavy_load", 0.5, "share"),
        "many": Setting("many", 3),
        "grade": Setting("grade", "high"),
        "strict": Setting("strict", True),
    },
)

DEFAULTS = {
    "title": "title: Somebody works too much",
    "kind": "kind: risk",
    "when": "when:\n  - each: p in people\n    where: p.load > 0.5",
    "then": 'then:\n  risk: {about: p, cause: "{p.name} works", event: x, effect: y, likelihood: 3, impact: 4}',
    "examples": "examples:\n  - {name: a, given: {}, expect: fires}\n  - {name: b, given: {}, expect: silent}",
}


def rule(text: str, rule_id: str = "rule") -> RuleDraft:
    """A rule file; keys the text leaves out are filled in behind it."""
    given = {line.partition(":")[0] for line in text.splitlines()}
    whole = "\n".join([text.rstrip("\n"), *(filler for name, filler in DEFAULTS.items() if name not in given)])
    return load_rule(SourceText(f"{rule_id}.yaml", whole + "\n"), rule_id)


def compiled(*drafts: RuleDraft) -> Program:
    """A program; raises RulesetError."""
    return compile_program(drafts, SCHEMA, CONVENTIONS)


def complaints(drafts: Sequence[RuleDraft]) -> str:
    """All problems of rules as their author reads them."""
    warnings: list[Diagnostic] = []
    errors: Iterable[Diagnostic] = ()
    try:
        compile_program(drafts, SCHEMA, CONVENTIONS, warnings)
    except RulesetError as error:
        errors = error.diagnostics
    return render_all([*errors, *warnings])
