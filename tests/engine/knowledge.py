"""What must hold between a run over facts with gaps and a run over what these facts turn out to be.

(a) Completing unknown facts never retracts a certain finding. (b) It never adds a finding that was
not possible before. Facts are told apart by their keys: an entry that only the completion states was
represented by the placeholder of its open list.
"""

from __future__ import annotations

from collections.abc import Iterator

from crm_rules.engine.protocol import Firing, Run
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import UNNAMED, Row, Value

UNLISTED = object()
"""Stands for all entries that facts with gaps do not state."""

Token = tuple[object, ...]


class Comparison:
    """A run over facts with gaps, and one over a completion of them."""

    def __init__(self, before: Run, after: Run) -> None:
        self.before, self.after = before, after
        self.stated = {n: {r[0] for r in e.rows} for n, e in before.facts.extensions.items()}
        self.keys = set().union(*self.stated.values())

    def retracted(self) -> list[Firing | tuple[str, Row]]:
        """Certain firings and facts that are no longer certain."""
        kept = {(f.rule, self._token(f), self._derived(f)) for f in self.after.firings() if f.certain}
        lost: list[Firing | tuple[str, Row]] = [
            f for f in self.before.firings() if f.certain and (f.rule, self._token(f), self._derived(f)) not in kept
        ]
        for name, derived in self.before.derived.items():
            lost.extend((name, row) for row in derived.certain if row not in self.after.derived[name].certain)
        return lost

    def unforeseen(self) -> list[Firing | tuple[str, Row]]:
        """Firings and facts over the completion that were not even possible before."""
        foreseen: dict[tuple[str, Token], list[tuple[Row, ...]]] = {}
        for f in self.before.firings():
            foreseen.setdefault((f.rule, self._token(f)), []).append(self._derived(f))
        found: list[Firing | tuple[str, Row]] = []
        for f in self.after.firings():
            rows = self._derived(f)
            patterns = foreseen.get((f.rule, self._token(f)), ())
            if not any(all(map(self._covers, pattern, rows)) for pattern in patterns):
                found.append(f)
        for name, derived in self.after.derived.items():
            earlier = self.before.derived[name]
            for row in (*derived.certain, *derived.possible):
                if not any(self._covers(r, row) for r in (*earlier.certain, *earlier.possible)):
                    found.append((name, row))
        return found

    def _bound(self, firing: Firing) -> Iterator[tuple[str, Row]]:
        rule = self.before.program.rule(firing.rule)
        return zip((e.relation for e in rule.eaches), firing.facts, strict=True)

    def _is_derived(self, relation: str) -> bool:
        return self.before.program.schema.relations[relation].kind is RelationKind.DERIVED

    def _token(self, firing: Firing) -> Token:
        """The stated facts of a firing by key; None for derived ones."""
        return tuple(
            None if self._is_derived(name) else row[0] if row[0] in self.stated[name] else UNLISTED
            for name, row in self._bound(firing)
        )

    def _derived(self, firing: Firing) -> tuple[Row, ...]:
        return tuple(row for name, row in self._bound(firing) if self._is_derived(name))

    def _covers(self, pattern: Row, row: Row) -> bool:
        return all(map(self._may_be, pattern, row))

    def _may_be(self, earlier: Value, later: Value) -> bool:
        if earlier is None:
            return True
        if earlier is UNNAMED:
            return later not in self.keys
        return bool(earlier == later)
