"""Hypothesis strategies for what engines are tested with: schemas, facts, programs, completions.

They draw from the same generators as `tests.fuzz`, choice by choice, so that a failure shrinks to
few rules and few facts.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from crm_rules.errors import RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Schema
from crm_rules.program.program import Program
from tests.engine.choices import Drawn
from tests.engine.random_cases import EVERYTHING, Case, random_case
from tests.engine.random_facts import DEGREES, Ignorance, random_completion, random_facts, random_schema
from tests.engine.random_rules import Features


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Sections, lists and derived relations with columns of all types."""
    return random_schema(Drawn(draw))


@st.composite
def fact_bases(draw: st.DrawFn, schema: Schema, ignorance: Ignorance | None = None) -> FactBase:
    """Facts of a schema, with gaps."""
    choices = Drawn(draw)
    return random_facts(choices, schema, choices.pick(DEGREES) if ignorance is None else ignorance)


@st.composite
def cases(draw: st.DrawFn, features: Features = EVERYTHING, ignorance: Ignorance | None = None) -> Case:
    """Authored rules and facts; a few of them are refused by the checker."""
    return random_case(Drawn(draw), features, ignorance)


@st.composite
def programs(
    draw: st.DrawFn, features: Features = EVERYTHING, ignorance: Ignorance | None = None
) -> tuple[Program, FactBase]:
    """Checked programs and facts."""
    case = draw(cases(features, ignorance))
    try:
        return case.program(), case.facts
    except RulesetError:
        assume(False)
        raise


@st.composite
def completions(draw: st.DrawFn, facts: FactBase) -> FactBase:
    """What facts with gaps may turn out to be: nothing unknown, every list complete."""
    return random_completion(Drawn(draw), facts)
