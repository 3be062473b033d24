"""Rules on few lines: a clause per line, its conditions behind a colon and split at semicolons.

each x in tasks: x.critical; x.done < 1
let work: sum(task.duration for task in tasks)
check work > 120
"""

from __future__ import annotations

from textwrap import dedent

from crm_rules.rules.draft import ClauseDraft
from tests.engine.drafts import check, each, let, none, some

_QUANTIFIED = {"each": each, "some": some, "none": none}


def clauses(text: str) -> tuple[ClauseDraft, ...]:
    """Read clauses; raises KeyError for a keyword that is none."""
    return tuple(_clause(line.strip()) for line in dedent(text).strip().splitlines())


def _clause(line: str) -> ClauseDraft:
    keyword, _, rest = line.partition(" ")
    if keyword == "check":
        return check(rest)
    head, _, conditions = rest.partition(": ")
    if keyword == "let":
        return let(head, conditions)
    return _QUANTIFIED[keyword](head, *(c.strip() for c in conditions.split(";") if c))
