"""What the checks of durations, float and constraints say, with the numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from crm_rules.roadmap.plan import ConstraintType, TaskState
from tests.roadmap.plans import DAY, plan
from tests.roadmap.quality_plans import (
    FAILED,
    GAP,
    INFO,
    NO_STATUS,
    PASSED,
    ROW,
    STATUS,
    WARNING,
    Case,
    agreed,
    at,
    chain,
    constrained,
    dated,
    day,
    scheduled,
    tasks,
    wrong_path,
)

# Twelve days from Monday 9 March 08:00 (the status date is the Friday before) to Tuesday 24 March 17:00.
LENGTH = tasks(
    chain(2, 6),
    {"t01": {"start": day("2026-03-09")}},
    status_date=STATUS,
)
INDEX = ("path-length-index", "dcma-13")
FLOATS = (
    Case("unknown-duration", plan({"a": None, "b": 1}, "a->b"), WARNING, 1, 2, "a"),
    Case("unknown-duration", ROW, PASSED, 0, 3),
    Case("long-task", plan({"a": 20, "b": 21}, "a->b"), WARNING, 1, 2, "b"),
    Case("long-task", plan({"a": 20, "b": 2}, "a->b"), PASSED, 0, 2),
    Case("long-task", plan({"a": None, "b": 2}), GAP, reason="1 task cannot be told: the duration is not known"),
    Case(
        "long-task", plan({"a": None, "b": 21}), WARNING, 1, 2, "b", "1 task cannot be told: the duration is not known"
    ),
    Case("milestone-with-duration", tasks(ROW, {"t01": {"name": "Meilenstein 1"}}), WARNING, 1, 1, "t01"),
    Case("milestone-with-duration", tasks(ROW, {"t01": {"name": "Milestone", "duration_minutes": 0}}), PASSED, 0, 1),
    Case("milestone-with-duration", ROW, GAP, reason="no task is called a milestone"),
    *(
        Case(check, tasks(ROW, {"t01": {"owners": ("ann",)}, "t03": {"duration_minutes": 60}}), INFO, 1, 2, "t02")
        for check in ("without-owner", "dcma-10")
    ),
    Case("without-owner", tasks(ROW, {t.id: {"owners": ("ann",)} for t in ROW.tasks}), PASSED, 0, 3),
    *(
        Case(check, ROW, GAP, reason="no task names anybody it is assigned to")
        for check in ("without-owner", "dcma-10")
    ),
    *(
        Case(check, tasks(ROW, {"t02": constrained(kind)}), verdict, 1, 3, "t02")
        for kind in (ConstraintType.MSO, ConstraintType.MFO, ConstraintType.SNLT, ConstraintType.FNLT)
        for check, verdict in (("hard-constraint", WARNING), ("dcma-05", FAILED), ("06A209a", FAILED))
    ),
    *(
        Case(check, tasks(ROW, {"t02": constrained(ConstraintType.SNET)}), PASSED, 0, 3)
        for check in ("hard-constraint", "dcma-05", "06A209a")
    ),
    Case("soft-constraint", tasks(ROW, {"t02": constrained(ConstraintType.FNET)}), INFO, 1, 3, "t02"),
    Case("soft-constraint", ROW, PASSED, 0, 3),
    # Beside the 45 days of d, b can slip by 44; beside 46 days b can slip by 45 and c by 44.
    Case(
        "dcma-06",
        plan({"a": 1, "b": 1, "c": 2, "d": 45, "e": 1}, "a->b", "a->c", "a->d", "b->e", "c->e", "d->e"),
        PASSED,
        0,
        5,
    ),
    Case(
        "dcma-06",
        plan({"a": 1, "b": 1, "c": 2, "d": 46, "e": 1}, "a->b", "a->c", "a->d", "b->e", "c->e", "d->e"),
        FAILED,
        1,
        5,
        "b",
    ),
    # A quarter of 100 days is 25: the limit. b and c can slip by 26, d by 25.
    Case(
        "high-float",
        plan({"a": 100, "b": 74, "c": 74, "d": 75}),
        WARNING,
        2,
        4,
        "b c",
    ),
    # A quarter of 40 days is 10, so 20 days are the limit.
    Case("high-float", plan({"a": 40, "b": 20, "c": 20}), PASSED, 0, 3),
    Case("high-float", plan({"a": None, "b": 20}), GAP, reason="the finish of the plan is not known"),
    Case("dcma-06", plan({"a": None, "b": 20}), GAP, reason="the float is not known"),
    # The row ends on Wednesday 4 March; a deadline on Tuesday makes all of it a day late.
    *(
        Case(check, dated(tasks(ROW, {"t03": {"deadline": at("2026-03-03 17:00")}})), FAILED, 3, 3, "t01 t02 t03")
        for check in ("negative-float", "dcma-07")
    ),
    *(Case(check, lambda: scheduled(ROW, {"t02": -1}), FAILED, 1, 3, "t02") for check in ("negative-float", "dcma-07")),
    *(
        Case(check, dated(tasks(ROW, {"t03": {"deadline": at("2026-03-31 17:00")}})), PASSED, 0, 3)
        for check in ("negative-float", "dcma-07")
    ),
    *(
        Case(
            check,
            ROW,
            GAP,
            reason="nothing can be late: there is no deadline, hard constraint or task scheduled by hand",
        )
        for check in ("negative-float", "dcma-07")
    ),
    Case("critical-share", ROW, INFO, 3, 3, "t01 t02 t03"),
    Case("critical-share", plan({"a": 3, "b": 1, "c": 1}), PASSED, 1, 3, "a"),
    Case("critical-share", plan({"a": None, "b": 1}), GAP, reason="it is not known which tasks are critical"),
    # Within five days: b (5), not c (6), not a (0).
    Case("near-critical", plan({"a": 8, "b": 3, "c": 2}), INFO, 1, 3, "b"),
    # A twentieth of 200 days is 10.
    Case("near-critical", plan({"a": 200, "b": 190, "c": 189}), INFO, 1, 3, "b"),
    Case("near-critical", plan({"a": None, "b": 1}), GAP, reason="the float is not known"),
    Case("dcma-12", ROW, PASSED, 600, 600, "", "T01 delayed by 600 working days: the finish moves by 600"),
    # The finish does not move, and the float is 399 days rather than 600 less than none.
    Case("dcma-12", wrong_path, FAILED, 0, 600, "b", "B delayed by 600 working days: the finish moves by 0"),
    Case(
        "dcma-12",
        tasks(ROW, {"t01": {"name": "Data migration"}, "t02": {"name": "Test"}, "t03": {"name": "Test"}}),
        PASSED,
        600,
        600,
        "",
        "Data migration delayed by 600 working days: the finish moves by 600",
    ),
    Case("dcma-12", plan({"a": None}), GAP, reason="the finish of the plan is not known"),
    Case(
        "dcma-12",
        plan({"a": 1}, done="a"),
        GAP,
        reason="no unfinished task with a duration is critical",
    ),
    # Deadline one day before the finish: (12 - 1) / 12 = 0.917.
    *(
        Case(
            check,
            tasks(LENGTH, {"t02": {"deadline": at("2026-03-23 17:00")}}),
            verdict,
            11 * DAY,
            12 * DAY,
            "t02",
            "float to the deadline of the last task",
        )
        for check, verdict in zip(INDEX, (WARNING, FAILED), strict=True)
    ),
    # Two days after it: 14 / 12.
    *(
        Case(
            check,
            tasks(LENGTH, {"t02": {"deadline": at("2026-03-26 17:00")}}),
            PASSED,
            14 * DAY,
            12 * DAY,
            "t02",
            "float to the deadline of the last task",
        )
        for check in INDEX
    ),
    # Two tasks end the plan; the earlier deadline counts.
    Case(
        "dcma-13",
        tasks(
            dated(plan({"a": 10, "b": 10})),
            {"a": {"deadline": at("2026-03-31 17:00")}, "b": {"deadline": at("2026-03-12 17:00")}},
            status_date=at("2026-02-27 17:00"),
        ),
        FAILED,
        9 * DAY,
        10 * DAY,
        "a b",
        "float to the deadline of the last task",
    ),
    Case(
        "dcma-13",
        tasks(LENGTH, {"t02": agreed("2026-03-23 17:00")}),
        FAILED,
        11 * DAY,
        12 * DAY,
        "t02",
        "float to the baseline finish of the last task",
    ),
    *(
        Case(check, LENGTH, GAP, reason="the task that ends the plan has neither a deadline nor a baseline finish")
        for check in INDEX
    ),
    *(Case(check, ROW, GAP, reason=NO_STATUS) for check in INDEX),
    Case("dcma-13", replace(plan({"a": None}), status_date=STATUS), GAP, reason="the finish of the plan is not known"),
    Case(
        "dcma-13",
        replace(
            tasks(
                LENGTH,
                {
                    "t02": {"deadline": at("2026-03-26 17:00"), "state": TaskState.DONE},
                    "t01": {"state": TaskState.DONE},
                },
            ),
            status_date=at("2026-06-01 08:00"),
        ),
        GAP,
        reason="the plan finishes before its status date",
    ),
)

BY_HAND = (
    Case(
        "06A211a",
        plan({"a": 100, "b": 1}),
        GAP,
        offenders="b",
        reason="whether the reasons for high float are acceptable is for people to say; the tasks are listed",
    ),
    Case("06A401a", ROW, GAP, reason="the path found by the contractor is not part of the plan"),
    *(
        Case(check, ROW, GAP, reason="two versions of the plan have to be compared")
        for check in ("06A504a", "06A504b", "06A506c")
    ),
)

FLOAT_CASES = (*FLOATS, *BY_HAND)
