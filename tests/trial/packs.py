"""Small packs to try out: one about bridges, which knows no CRM, and one that adds sites to CRM projects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

from crm_rules.api import compile_packs
from crm_rules.facts.schema import Schema
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.model.schema import project_schema
from crm_rules.rules.rule import Rule
from tests.files.pack_helpers import write_pack

FACTS = """\
lists:
  bridges:
    singular: bridge
    fields:
      span: {type: number, unit: m, minimum: 0}
      lanes: {type: number, integer: true}
      open: bool
      built: date
      load: share
      state: {type: enum, enum: State, members: [poor, fair, good], ordinal: true}
      inspector: people
      next_to: {type: key, of: [bridges], many: set, blank: stands alone}
      painted: {type: text, many: sequence}
  people:
    singular: person
    fields:
      trained: bool
sections:
  city:
    fields:
      rich: bool
      warned: bool
      old: bool
      large: bool
"""

CONCLUSIONS = """\
weak:
  title: A bridge is weak
  sentence: "{about} is weak"
  meaning: it may give way
  fields: {about: bridges}
reached:
  title: A bridge can be reached
  sentence: "{about} in {steps} steps"
  meaning: there is a way
  fields: {about: bridges, steps: number}
"""

RISK = """\
then:
  risk:
    cause: c
    event: e
    effect: f
    likelihood: 3
    impact: 3
"""

BOTH_POLARITIES = """\
  - {name: fires, given: {}, expect: fires}
  - {name: silent, given: {}, expect: silent}
"""


def rule(when: str, examples: str = "", head: str = "kind: risk", then: str = RISK) -> str:
    """The text of a rule file.

    Args:
        when: the clauses.
        examples: flow mappings, one per line; one of each polarity is added when there is none.
        head: keys besides the title.
        then: the consequences.
    """
    lines = "".join(f"  - {line.strip()}\n" for line in examples.splitlines() if line.strip()) or BOTH_POLARITIES
    parts = [f"title: t\n{head}\nwhen:\n", indent(dedent(when).strip("\n"), "  ") + "\n", then, "examples:\n", lines]
    return "".join(parts)


def write(folder: Path, rules: Mapping[str, str], **files: str) -> Path:
    """Write a pack about bridges with the given rules by id."""
    paths = {"/".join(name.split(".")) + ".yaml": text for name, text in rules.items()}
    top = {f"{name}.yaml": text for name, text in {"facts": FACTS, "conclusions": CONCLUSIONS, **files}.items()}
    return write_pack(folder, {**top, **paths})


def pack(folder: Path, rules: Mapping[str, str], *, crm: bool = False, **files: str) -> Pack:
    """A pack about bridges with the given rules by id, beside the CRM vocabulary or without it."""
    return load_pack(write(folder, rules, **files), project_schema() if crm else Schema.of(()))


def checked(folder: Path, when: str, **parts: str) -> Rule:
    """A rule about bridges, checked."""
    (found,) = compile_packs([pack(folder, {"a.rule": rule(when, **parts)})]).rules
    return found
