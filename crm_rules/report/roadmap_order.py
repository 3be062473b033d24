"""What the order of work asks of a plan, put into words: what goes against it, what is not secured, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from crm_rules.explain.narration import listing
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, count, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_trouble import Detail, Trouble
from crm_rules.report.view import View
from crm_rules.roadmap.ordering import OrderingResult
from crm_rules.roadmap.plan import PlanTask, TaskState

MOST_MISSING: Final = 12
MOST_SHOWN: Final = 8

_OUTCOMES: Final = {
    "violated_by_logic": "violated by links",
    "violated_by_dates": "violated by dates",
    "not_secured": "not secured",
    "missing": "without what should come first",
    "unknown": "undecided",
    "satisfied": "kept",
}
"""Verdict to its wording, the worst first."""


def order_troubles(content: RoadmapContent) -> Iterator[Trouble]:
    """What goes against the order of work. What is over cannot be helped any more and is a warning."""
    planned = {t.id: t for t in content.roadmap.plan.tasks}
    for result in content.ordering or ():
        if not result.verdict.violated:
            continue
        tasks = [i for i in (result.first, result.second) if i is not None and i in planned]
        more = (Detail(f"and {count(result.others, 'more task')} likewise"),) if result.others else ()
        asked = Detail(f"asked for: {result.statement} ({result.constraint})")
        yield Trouble(
            kind="ordering",
            severity="warning" if _over(planned[i] for i in tasks) else "error",
            title=_sentence(result),
            details=(*(_place(planned[i]) for i in tasks), *more, asked),
            tasks=tuple(sorted(tasks)),
        )


def _over(tasks: Iterable[PlanTask]) -> bool:
    states = [t.state for t in tasks]
    return bool(states) and all(state is TaskState.DONE for state in states)


def _place(task: PlanTask) -> Detail:
    return Detail(task.name, task.source)


def _sentence(result: OrderingResult) -> str:
    return result.because or f"The plan goes against: {result.statement}"


def order_of_work(page: Page, content: RoadmapContent, view: View) -> None:
    """What else the order of work asks for, and how many statements came out how."""
    results = content.ordering
    if results is None:
        return
    if not results:
        page.heading("Order of work")
        page.text(words(("Not applicable: nothing to put in order.", "dim")))
        return
    page.heading("Order of work", count(len(results), "statement"))
    over = [t for t in order_troubles(content) if t.severity == "warning"]
    _listed(page, "Went against it, and is over", [t.title for t in over], view, STYLES["medium"])
    loose = [r.because for r in results if r.verdict.value == "not_secured"]
    _listed(page, "Right by chance, as long as nothing slips", loose, view, STYLES["medium"])
    absent = _missing(results)
    if absent:
        lead = words(("Not planned, though other work asks for it: ", STYLES["medium"]))
        page.text(lead.append_text(words(listing(absent) if view.everything else shortened(absent, MOST_MISSING), ".")))
        page.blank()
    open_ = [r for r in results if r.verdict.value == "unknown"]
    if open_:
        causes = list(dict.fromkeys(cause for r in open_ for cause in r.causes))
        state = f": state {shortened(causes, MOST_MISSING)}" if causes else ""
        page.text(words((f"{count(len(open_), 'statement')} cannot be decided{state}.", "dim")))
        page.blank()
    said = [f"{n:,} {text}" for verdict, text in _OUTCOMES.items() if (n := _number(results, verdict))]
    page.text(words((f"{', '.join(said)}.", "dim")))


def _listed(page: Page, title: str, items: Sequence[str], view: View, style: str) -> None:
    if not items:
        return
    page.text(words((f"{title}:", style)))
    shown = items if view.everything else items[:MOST_SHOWN]
    for item in shown:
        page.item("- ", item, indent=2)
    if len(shown) < len(items):
        page.text(words((f"{len(items) - len(shown):,} more with --all.", "dim")), indent=2)
    page.blank()


def _missing(results: Sequence[OrderingResult]) -> list[str]:
    """What is planned nowhere, each once, with the number of statements that ask for it."""
    asked: dict[str, int] = {}
    for result in results:
        if result.verdict.value != "missing":
            continue
        for kind, stage in result.missing or ((result.statement, None),):
            where = "" if stage is None else f" in stage {stage}"
            name = f"{kind.replace('_', ' ')}{where}"
            asked[name] = asked.get(name, 0) + 1
    return [name if n == 1 else f"{name} ({n} statements)" for name, n in sorted(asked.items(), key=lambda a: -a[1])]


def _number(results: Sequence[OrderingResult], verdict: str) -> int:
    return sum(r.verdict.value == verdict for r in results)


def order_object(results: Sequence[OrderingResult]) -> list[dict[str, object]]:
    """JSON-ready."""
    return [
        {
            "constraint": r.constraint,
            "statement": r.statement,
            "verdict": r.verdict.value,
            "first": r.first,
            "second": r.second,
            "stage": r.stage,
            "others": r.others,
            "because": r.because or None,
            "missing": [{"kind": kind, "stage": stage} for kind, stage in r.missing],
            "causes": list(r.causes),
        }
        for r in results
    ]
