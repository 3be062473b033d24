"""Hypothesis strategies for what engines are tested with: schemas, facts, programs, completions.

They draw from the same generators as `tests.fuzz`, choice by choice, so that a failure shrinks to
few rules and few facts.
"""

from __future__ import annotations

from hypothesis import reject
from hypothesis import strategies as st

from crm_rules.errors import RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Schema
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
    """Rules the checker accepts, and facts."""
    case = random_case(Drawn(draw), features, ignorance)
    try:
        _ = case.program
    except RulesetError:
        reject()
    return case


@st.composite
def completions(draw: st.DrawFn, facts: FactBase) -> FactBase:
    """What facts with gaps may turn out to be: nothing unknown, every list complete."""
    return random_completion(Drawn(draw), facts)
