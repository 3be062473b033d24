"""What the checks of dates and baselines say, with the numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from crm_rules.roadmap.plan import Baseline, TaskState
from tests.roadmap.plans import plan
from tests.roadmap.quality_plans import (
    FAILED,
    GAP,
    INFO,
    NO_BASELINE,
    NO_STATUS,
    ONE,
    PASSED,
    PROGRESS,
    ROW,
    STATUS,
    WARNING,
    Case,
    agreed,
    at,
    chain,
    dated,
    day,
    finished,
    forecast,
    tasks,
)

DATES = (
    Case(
        "finish-before-start",
        tasks(
            chain(5),
            {
                "t01": {"start": day("2026-03-03"), "finish": day("2026-03-02")},
                "t02": {"start": day("2026-03-03"), "finish": day("2026-03-03")},
                "t03": {"actual_start": at("2026-03-03 09:00"), "actual_finish": at("2026-03-03 08:00")},
                "t04": {"pinned_start": at("2026-03-03 09:00"), "pinned_finish": at("2026-03-03 08:00")},
                "t05": {"baseline": Baseline(at("2026-03-03 09:00"), at("2026-03-03 08:00"))},
            },
        ),
        FAILED,
        4,
        5,
        "t01 t03 t04 t05",
    ),
    Case("finish-before-start", ROW, PASSED, 0, 3),
    Case(
        "dates-against-links",
        tasks(ROW, {"t01": {"finish": day("2026-03-06")}, "t02": {"start": day("2026-03-05")}}),
        FAILED,
        1,
        1,
        "t01->t02 fs",
    ),
    Case(
        "dates-against-links",
        tasks(ROW, {"t01": {"finish": day("2026-03-06")}, "t02": {"start": day("2026-03-06")}}),
        PASSED,
        0,
        1,
    ),
    Case("dates-against-links", ROW, GAP, reason="no two linked tasks have dates"),
    *(
        Case(
            check,
            tasks(PROGRESS, {"t01": finished("2026-03-02 08:00", "2026-03-09 17:00")}),
            FAILED,
            1,
            1,
            "t01",
        )
        for check in ("actual-in-future", "dcma-09b", "06A506a")
    ),
    *(
        Case(check, tasks(PROGRESS, {"t01": finished("2026-03-02 08:00", "2026-03-06 17:00")}), PASSED, 0, 1)
        for check in ("actual-in-future", "dcma-09b", "06A506a")
    ),
    *(Case(check, ROW, GAP, reason=NO_STATUS) for check in ("actual-in-future", "dcma-09b", "06A506a")),
    Case("actual-in-future", PROGRESS, GAP, reason="no task has actual dates"),
    # t01 is finished, t02 began before the status date and goes on, t03 was to have begun before.
    *(
        Case(check, lambda: forecast("2026-03-06 08:00"), FAILED, 1, 2, "t03")
        for check in ("forecast-in-past", "dcma-09a", "06A506b")
    ),
    *(
        Case(check, lambda: forecast("2026-03-09 08:00"), PASSED, 0, 2)
        for check in ("forecast-in-past", "dcma-09a", "06A506b")
    ),
    # What is stated counts like what is worked out.
    Case("forecast-in-past", lambda: forecast("2026-03-09 08:00", stated="2026-03-05"), FAILED, 1, 2, "t03"),
    Case(
        "forecast-in-past",
        replace(plan({"a": None, "b": 1}, "a->b"), status_date=STATUS),
        GAP,
        reason="1 task cannot be told: no date is stated or can be worked out",
    ),
    *(Case(check, ROW, GAP, reason=NO_STATUS) for check in ("forecast-in-past", "dcma-09a", "06A506b")),
    Case("done-without-finish", plan(dict.fromkeys("ab", 1), "a->b", done="a"), FAILED, 1, 1, "a"),
    Case("06A505b", plan(dict.fromkeys("ab", 1), "a->b", done="a"), FAILED, 1, 1, "a"),
    *(
        Case(check, tasks(ROW, {"t01": {"state": TaskState.DONE, "finish": day("2026-03-02")}}), PASSED, 0, 1)
        for check in ("done-without-finish", "06A505b")
    ),
    *(Case(check, ROW, GAP, reason="no task is finished") for check in ("done-without-finish", "06A505b")),
    *(
        Case(check, tasks(ROW, {"t01": {"remaining_minutes": 60}}), verdict, 1, 1, "t01")
        for check, verdict in (("begun-without-start", WARNING), ("06A505a", FAILED))
    ),
    *(
        Case(
            check, tasks(ROW, {"t01": {"remaining_minutes": 60, "actual_start": at("2026-03-02 08:00")}}), PASSED, 0, 1
        )
        for check in ("begun-without-start", "06A505a")
    ),
    *(Case(check, ROW, GAP, reason="no task is reported as under way") for check in ("begun-without-start", "06A505a")),
    # t02 starts on Tuesday 3 March at 08:00; Monday 17:00 is the same working instant.
    Case(
        "due-after-next-starts",
        dated(tasks(ROW, {"t01": {"deadline": at("2026-03-03 12:00")}})),
        WARNING,
        1,
        1,
        "t01",
    ),
    Case("due-after-next-starts", dated(tasks(ROW, {"t01": {"deadline": at("2026-03-02 17:00")}})), PASSED, 0, 1),
    Case(
        "due-after-next-starts",
        tasks(ROW, {"t01": {"deadline": at("2026-03-02 17:00"), "duration_minutes": None}}),
        GAP,
        reason="1 task cannot be told: the start of the next is not known",
    ),
    Case("due-after-next-starts", ROW, GAP, reason="no task has a deadline"),
    Case(
        "due-after-next-starts",
        tasks(ROW, {"t03": {"deadline": at("2026-03-02 17:00")}}),
        GAP,
        reason="no task with a deadline has a successor that waits for its finish",
    ),
)

# Status Friday 6 March. Due by then: t01 and t02; t03 is due later.
DUE = {
    "t01": agreed("2026-03-03 17:00"),
    "t02": agreed("2026-03-06 17:00"),
    "t03": agreed("2026-03-13 17:00"),
}
LATE = dated(
    tasks(
        chain(3, 2),
        {
            "t01": {**DUE["t01"], **finished("2026-03-02 08:00", "2026-03-04 17:00")},
            "t02": {**DUE["t02"], **finished("2026-03-05 08:00", "2026-03-06 17:00")},
            "t03": DUE["t03"],
        },
    ),
    status_date=STATUS,
)
BASELINE = (
    # t01 finished a day late, t02 in time: 1 of 2 due.
    Case("missed", LATE, INFO, 1, 2, "t01", ONE),
    Case("dcma-11", LATE, FAILED, 1, 2, "t01"),
    *(
        Case(
            check,
            tasks(LATE, {"t01": finished("2026-03-02 08:00", "2026-03-03 17:00")}),
            PASSED,
            0,
            2,
        )
        for check in ("missed", "dcma-11")
    ),
    # Both late.
    Case("missed", tasks(LATE, {"t02": finished("2026-03-05 08:00", "2026-03-09 09:00")}), WARNING, 2, 2, "t01 t02"),
    *(
        Case(check, replace(LATE, status_date=None), GAP, reason=NO_STATUS)
        for check in ("missed", "dcma-11", "dcma-14")
    ),
    *(Case(check, PROGRESS, GAP, reason=NO_BASELINE) for check in ("missed", "execution-index", "dcma-11", "dcma-14")),
    Case(
        "missed",
        replace(LATE, status_date=at("2026-03-02 08:00")),
        GAP,
        reason="no task was to be finished by the status date",
    ),
    # Nothing was due by Monday morning; that t03 has no baseline does not make it due.
    Case(
        "dcma-14",
        tasks(LATE, {"t03": {"baseline": None}}, status_date=at("2026-03-02 08:00")),
        GAP,
        reason="no task was to be finished by the status date",
    ),
    # 2 finished, 2 due; the one without a baseline joins the denominator below.
    Case("execution-index", LATE, PASSED, 2, 2),
    Case("dcma-14", LATE, PASSED, 2, 2),
    Case("dcma-14", tasks(LATE, {"t03": {"baseline": None}}), FAILED, 2, 3, "t03"),
    Case("execution-index", tasks(LATE, {"t03": {"baseline": None}}), INFO, 2, 3, "t03", ONE),
    # Of three due only one is finished.
    Case(
        "execution-index",
        tasks(LATE, {"t02": {"state": TaskState.OPEN, "actual_finish": None}, "t03": {"baseline": None}}),
        WARNING,
        1,
        3,
        "t02 t03",
    ),
    Case("06A501a", ROW, FAILED, 3, 3, "t01 t02 t03"),
    Case("06A501a", LATE, PASSED, 0, 3),
    # 45 days agreed are more than 44, 44 are not; what the task takes now is not asked.
    Case(
        "dcma-08",
        tasks(chain(2), {"t01": agreed("2026-05-01 17:00", 45), "t02": agreed("2026-05-01 17:00", 44)}),
        FAILED,
        1,
        2,
        "t01",
    ),
    Case("dcma-08", tasks(chain(1, 60), {"t01": agreed("2026-05-01 17:00", 44)}), PASSED, 0, 1),
    Case("dcma-08", chain(2), GAP, reason="no unfinished task has a baseline duration"),
    Case(
        "dcma-08",
        tasks(chain(2), {"t01": agreed("2026-05-01 17:00", 4)}),
        GAP,
        reason="1 task cannot be told: the baseline duration is not known",
    ),
)

DATE_CASES = (*DATES, *BASELINE)
