"""Whether a plan keeps the order of work that constraints between kinds of tasks ask for.

What decides a pair of tasks, the first of these that says anything:

1. what has happened: a second task that is done while the first is not goes against the order;
2. the links: a chain of them that guarantees the order, or the opposite, whatever the dates (`events`);
3. the dates, stated or computed (`times`). They may agree, but nothing keeps them so; unless the first
   task is done, since what has happened cannot slip.

Which tasks count is decided in `ordering_view`. A task without a kind and a list that may be incomplete
never make a statement true or something missing, and a violation they could undo is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.ordering_groups import opening, overlap, recurrence
from crm_rules.roadmap.ordering_pairs import OrderedPairs, Pair, limited_pairs
from crm_rules.roadmap.ordering_view import MOST_CAUSES, PlanView
from crm_rules.rules.ordering import Opening, Ordering, Overlap, Recurrence, Scope, Sequence, Statement, Verdict

_RANK: Final[Mapping[Verdict, int]] = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class OrderingResult:
    """What a plan does to one statement of a constraint.

    Attributes:
        constraint: id of the constraint.
        statement: the statement in words, such as `client test before rollout in each stage`.
        verdict: the worst of all pairs, in the order of `Verdict`.
        first, second: the pair that shows it most clearly; None without one. Of a missing task only the second
            is there.
        stage: roll-out stage of the second; None without one.
        others: number of further second tasks with the same verdict.
        because: the verdict in words, without a full stop; "" when satisfied or unknown.
        missing: (kind, stage) of what is planned nowhere (stage None), or not in a stage where it is needed.
        causes: paths of the inputs that leave it unknown, at most `MOST_CAUSES`; empty when it is not.
    """

    constraint: str
    statement: str
    verdict: Verdict
    first: str | None = None
    second: str | None = None
    stage: int | None = None
    others: int = 0
    because: str = ""
    missing: tuple[tuple[str, int | None], ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """Position of the verdict, the worst first."""
        return _RANK[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "constraint": self.constraint,
            "statement": self.statement,
            "verdict": self.verdict.value,
            "first": self.first,
            "second": self.second,
            "stage": self.stage,
            "others": self.others,
            "because": self.because,
            "missing": [{"kind": kind, "stage": stage} for kind, stage in self.missing],
            "causes": list(self.causes),
        }


def check_ordering(roadmap: Roadmap, constraints: Iterable[Ordering]) -> tuple[OrderingResult, ...]:
    """Check a plan against constraints.

    Args:
        roadmap: the analysed plan.
        constraints: what should hold, in any order.

    Returns:
        One result per statement, by id of the constraint and then in the order of its statements; none for a plan
        without any task that counts, to which no statement applies.
    """
    return check_view(PlanView(roadmap), constraints)


def check_view(view: PlanView, constraints: Iterable[Ordering]) -> tuple[OrderingResult, ...]:
    """As `check_ordering`, for a plan that is looked at for other reasons as well."""
    if not view.tasks and view.roadmap.plan.complete:
        return ()
    ordered = sorted(constraints, key=lambda c: c.id)
    return tuple(_Check(view, c.id, s).result() for c in ordered for s in c.statements)


class _Check:
    """Decides one statement."""

    def __init__(self, view: PlanView, constraint: str, statement: Statement) -> None:
        self.view = view
        self.constraint = constraint
        self.statement = statement
        self.firsts = view.of(statement.first)
        self.seconds = view.of(statement.second)

    def result(self) -> OrderingResult:
        view = self.view
        if not self.firsts or not self.seconds:
            if view.open:
                return self._unknown(view.open)
            return self._missing({None: self.seconds}) if self.seconds else self._plain(Verdict.SATISFIED)
        pairs = self._pairs()
        worst = min(pairs, key=lambda p: (_RANK[p.verdict], -p.clarity, p.first, p.second), default=None)
        gaps = self._stages_without()
        if worst is not None and worst.verdict is not Verdict.UNKNOWN:
            return self._of(worst, pairs, gaps)
        # One overlap is enough, whatever else there may be; all other statements speak of every task.
        unlisted = () if isinstance(self.statement, Overlap) else view.open
        causes = [*(cause for pair in pairs for cause in pair.causes), *unlisted]
        if causes or worst is not None:
            return self._unknown(causes)
        return self._missing(gaps) if gaps else self._plain(Verdict.SATISFIED)

    def _pairs(self) -> list[Pair]:
        view, firsts, seconds = self.view, self.firsts, self.seconds
        match self.statement:
            case Sequence() as statement if statement.at_most is not None:
                return list(limited_pairs(view, statement, firsts, seconds))
            case Sequence() as statement:
                return list(OrderedPairs(view, statement, firsts).pairs(seconds))
            case Overlap() as statement:
                return overlap(view, statement, firsts, seconds)
            case Opening():
                return opening(view, firsts, seconds)
            case Recurrence() as statement:
                return recurrence(view, statement, firsts, seconds)

    def _stages_without(self) -> dict[int | None, tuple[str, ...]]:
        """Stages that have second tasks and for certain no first one, with the second tasks."""
        view = self.view
        stages = {view.stage[name] for name in self.firsts}
        if self.statement.scope is not Scope.SAME_STAGE or view.open or None in stages or not view.staged:
            return {}
        found: dict[int | None, list[str]] = {}
        for name in self.seconds:
            stage = view.stage[name]
            if stage is not None and stage not in stages:
                found.setdefault(stage, []).append(name)
        return {stage: tuple(found[stage]) for stage in sorted(found, key=lambda s: s or 0)}

    # -- results ------------------------------------------------------------------------------

    def _plain(self, verdict: Verdict) -> OrderingResult:
        return OrderingResult(self.constraint, str(self.statement), verdict)

    def _unknown(self, causes: Iterable[str]) -> OrderingResult:
        named = tuple(dict.fromkeys(causes))[:MOST_CAUSES]
        return OrderingResult(self.constraint, str(self.statement), Verdict.UNKNOWN, causes=named)

    def _missing(self, gaps: Mapping[int | None, tuple[str, ...]]) -> OrderingResult:
        stage, seconds = next(iter(gaps.items()))
        where = "" if stage is None else f" in stage {stage}"
        return OrderingResult(
            self.constraint,
            str(self.statement),
            Verdict.MISSING,
            second=seconds[0],
            stage=self.view.stage[seconds[0]],
            others=sum(map(len, gaps.values())) - 1,
            because=f"{self.view.name(seconds[0])} is planned{where} without {self.statement.first}",
            missing=self._absent(gaps),
        )

    def _absent(self, stages: Iterable[int | None]) -> tuple[tuple[str, int | None], ...]:
        # Of several kinds that would do, nobody can say which one is missing.
        kinds = self.statement.first.kinds
        return tuple((kinds[0], stage) for stage in stages) if len(kinds) == 1 else ()

    def _of(self, worst: Pair, pairs: Iterable[Pair], gaps: Iterable[int | None]) -> OrderingResult:
        return OrderingResult(
            self.constraint,
            str(self.statement),
            worst.verdict,
            worst.first,
            worst.second,
            self.view.stage[worst.second],
            len({p.second for p in pairs if p.verdict is worst.verdict}) - 1,
            worst.because or self._because(worst),
            self._absent(gaps),
        )

    def _because(self, pair: Pair) -> str:
        """A verdict about an ordered pair in words."""
        statement, view = self.statement, self.view
        assert isinstance(statement, Sequence)
        first, second = view.name(pair.first), view.name(pair.second)
        if pair.verdict is Verdict.NOT_SECURED:
            if statement.at_least is not None:
                return f"the links alone do not keep {statement.at_least} from {first} to {second}"
            if pair.second in view.events.standing:
                return f"no link keeps {second}, whose dates stand, behind {first}"
            return f"no link keeps {second} behind {first}"
        if pair.verdict is Verdict.VIOLATED_BY_LOGIC:
            source, target = view.event(pair.second, statement.second_end), view.event(pair.first, statement.first_end)
            path = " → ".join(view.chain(source, target))
            return f"{second} comes before {first} by the links of the roadmap ({path})"
        one = f"{first} {view.when(pair.first, statement.first_end, pair.by_day)}"
        other = f"{second} {view.when(pair.second, statement.second_end, pair.by_day)}"
        if statement.at_least is not None:
            return f"{one} and {other}, less than {statement.at_least} later"
        return f"{other}, before {one}"
