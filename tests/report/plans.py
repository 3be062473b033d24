"""Roadmaps to show: those of the examples, one with every kind of trouble, and plans as large as one likes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from crm_rules.api import OrderingResult, bundled_orderings, check_ordering, check_quality, load_roadmap
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask, TaskState

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "report" / "data" / "roadmap"
DAY = 480
MONDAY = dt.date(2026, 3, 2)

FILES: Mapping[str, str] = {
    "steady-course": "examples/steady-course/project.yaml",
    "troubled-rollout": "examples/troubled-rollout/project.yaml",
    "trouble": "tests/report/data/roadmap/trouble.yaml",
}

HOSTILE: Sequence[str] = (
    'say "no"; [now] {or} (never) <b>bold</b> & #35; 100 %',
    "back\\slash at the end\\",
    "section title: gantt",
    "2026-01-01 is a date",
    "1. first of a list",
    "- dash",
    "`code` *bold* _low_ $x^2$",
    "click end subgraph",
    "line\nbreak\tand\x1b[2J",
    "塗装 Ünïcödé ñ 🎉",
    "%%{init: {}}%%",
    "   ",
    "x" * 300,
)


def _ordering(roadmap: Roadmap) -> tuple[OrderingResult, ...]:
    return check_ordering(roadmap, bundled_orderings())


@cache
def content(name: str) -> RoadmapContent:
    """The roadmap of a file of `FILES`, with its quality."""
    before = Path.cwd()
    os.chdir(ROOT)  # reports name files as the command line shows them
    try:
        roadmap = load_roadmap(FILES[name])
    finally:
        os.chdir(before)
    return RoadmapContent(roadmap, FILES[name], _ordering(roadmap), check_quality(roadmap))


def roadmap_of(
    tasks: Mapping[str, tuple[str, float | None]],
    links: Sequence[str] = (),
    *,
    done: Sequence[str] = (),
    dated: bool = True,
    parents: Mapping[str, str] | None = None,
) -> Roadmap:
    """The roadmap of tasks by id, each with name and days, joined by links written `a->b` or `a->b ss`."""
    joined = []
    for text in links:
        ends, _, kind = text.partition(" ")
        before, _, after = ends.partition("->")
        joined.append(PlanLink(before, after, LinkType(kind or "fs")))
    planned = tuple(
        PlanTask(
            id=i,
            name=name,
            duration_minutes=None if days is None else round(days * DAY),
            state=TaskState.DONE if i in done else TaskState.OPEN,
            start=MONDAY if dated else None,
            parent=(parents or {}).get(i),
        )
        for i, (name, days) in tasks.items()
    )
    return analyse(Plan(planned, tuple(joined)))


@cache
def hostile() -> Roadmap:
    """A chain of tasks with names that mean something to terminals, markup and diagram languages."""
    tasks = {f"t{n}": (name, float(n % 3)) for n, name in enumerate(HOSTILE)}
    return roadmap_of(tasks, [f"t{n}->t{n + 1}" for n in range(len(HOSTILE) - 1)])


@cache
def large(tasks: int) -> Roadmap:
    """Four chains of tasks, the first of them the longest; every seventh task of the others waits for it too."""
    named = {f"t{n:05}": (f"Task number {n}", 2.0 if n % 4 == 0 else 1.0) for n in range(tasks)}
    ids = list(named)
    links = [f"{ids[n - 4]}->{ids[n]}" for n in range(4, tasks)]
    links += [f"{ids[n - n % 4 - 4]}->{ids[n]} ss" for n in range(5, tasks) if n % 7 == 0 and n % 4]
    return roadmap_of(named, links, done=ids[: tasks // 10])
