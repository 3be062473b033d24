"""What the checks of links say, with the numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from crm_rules.roadmap.plan import LagUnit, PlanLink
from tests.roadmap.plans import plan
from tests.roadmap.quality_plans import (
    FAILED,
    GAP,
    INFO,
    ONE,
    PASSED,
    PHASES,
    ROW,
    WARNING,
    Case,
    chain,
    tasks,
)

LOGIC = (
    Case("loop", plan(dict.fromkeys("abc", 1), "a->b", "b->a", "c->c"), FAILED, 2, None, "a b c"),
    Case("loop", ROW, PASSED, 0),
    Case(
        "link-to-own-part", replace(PHASES, links=(*PHASES.links, PlanLink("s", "t03"))), FAILED, 1, None, "s->t03 fs"
    ),
    Case("link-to-own-part", PHASES, PASSED, 0),
    # b waits only for the finish of a (FF): its start is loose. c waits for the start of b: the finish of b is loose.
    *(
        Case(check, plan(dict.fromkeys("abc", 1), "a->b ff", "b->c ss"), verdict, 1, 3, "b")
        for check, verdict in (("dangling", WARNING), ("dcma-01b", INFO), ("06A204b", FAILED))
    ),
    Case("dangling", plan(dict.fromkeys("abc", 1), "a->b ss", "a->b ff", "b->c"), PASSED, 0, 3),
    Case("06A204b", ROW, PASSED, 0, 3),
    Case("isolated", plan(dict.fromkeys("abc", 1), "a->b"), WARNING, 1, 3, "c"),
    Case("isolated", ROW, PASSED, 0, 3),
    Case("isolated", plan({"a": 1}), GAP, reason="the plan has fewer than two tasks"),
    # Of a, b and c, which all wait for nothing, a is taken for the beginning.
    Case(
        "missing-predecessor",
        plan(dict.fromkeys("abcd", 1), "a->d", "a->c", "b->d", "c->d", "a->b ss"),
        PASSED,
        0,
        4,
    ),
    Case("missing-predecessor", plan(dict.fromkeys("abcd", 1), "a->d", "b->d", "c->d"), WARNING, 2, 4, "b c"),
    Case("missing-predecessor", plan(dict.fromkeys("abc", 1), "a->c", "b->c"), INFO, 1, 3, "b", ONE),
    Case("missing-successor", plan(dict.fromkeys("abcd", 1), "a->b", "a->c", "a->d"), WARNING, 2, 4, "c d"),
    Case("missing-successor", ROW, PASSED, 0, 3),
    # x is isolated, so it lacks both and is counted once; b lacks a successor. a and c are start and end.
    Case("dcma-01", plan({"a": 1, "b": 1, "c": 2, "x": 1}, "a->b", "a->c"), FAILED, 2, 4, "b x"),
    Case("dcma-01", ROW, PASSED, 0, 3),
    # The parts are a-b-c, d-e and x; x is on its own, which is another check.
    Case("separate-parts", plan(dict.fromkeys("abcdex", 1), "a->b", "b->c", "d->e"), WARNING, 1, None, "d e"),
    Case("separate-parts", ROW, PASSED, 0),
    Case("separate-parts", plan(dict.fromkeys("ab", 1)), GAP, reason="no task is linked to another"),
    # Stage 2 (c, d) is linked within itself only.
    Case(
        "unlinked-phase",
        tasks(
            plan(dict.fromkeys("abcde", 1), "a->b", "b->e", "c->d"),
            {"a": {"stage": 1}, "b": {"stage": 1}, "c": {"stage": 2}, "d": {"stage": 2}},
        ),
        WARNING,
        1,
        2,
        "c d",
    ),
    Case("unlinked-phase", PHASES, PASSED, 0, 1),
    Case("unlinked-phase", ROW, GAP, reason="the plan is not divided into phases or stages"),
    *(
        Case(check, replace(PHASES, links=(*PHASES.links, PlanLink("t01", "s"))), verdict, 1, 1, "s")
        for check, verdict in (("summary-with-links", WARNING), ("06A208a", FAILED))
    ),
    *(Case(check, PHASES, PASSED, 0, 1) for check in ("summary-with-links", "06A208a")),
    *(Case(c, ROW, GAP, reason="there are no summary tasks") for c in ("summary-with-links", "06A208a")),
    # Of 2 links one has a lead.
    *(
        Case(check, plan(dict.fromkeys("abc", 4), "a->b fs-1", "b->c"), verdict, 1, 2, "a->b fs")
        for check, verdict in (("lead", WARNING), ("dcma-02", FAILED))
    ),
    *(Case(check, ROW, PASSED, 0, 2) for check in ("lead", "lag", "long-lag", "dcma-02", "dcma-03", "dcma-03b")),
    *(
        Case(
            check,
            plan(dict.fromkeys("ab", 1)),
            GAP,
            reason="there are no links with at least one end among the " + work,
        )
        for check, work in (("lead", "unfinished tasks and milestones"), ("dcma-02", "unfinished tasks"))
    ),
    # 2 of 3 links; 10 % are 0.3 links, 5 % even fewer.
    *(
        Case(check, plan(dict.fromkeys("abcd", 1), "a->b fs+1", "b->c fs+5", "c->d"), verdict, 2, 3, "a->b fs|b->c fs")
        for check, verdict in (("lag", WARNING), ("dcma-03", FAILED))
    ),
    Case("lag", plan(dict.fromkeys("abc", 1), "a->b fs+1", "b->c"), INFO, 1, 2, "a->b fs", ONE),
    Case("long-lag", plan(dict.fromkeys("abc", 1), "a->b fs+5", "b->c fs+6"), WARNING, 1, 2, "b->c fs"),
    Case("dcma-03b", plan(dict.fromkeys("abc", 1), "a->b fs+5", "b->c fs+6"), INFO, 2, 2, "a->b fs|b->c fs"),
    # Seven days on the clock are the five working days of a week; eight are 5.71.
    Case(
        "long-lag",
        replace(
            ROW,
            links=(
                PlanLink("t01", "t02", lag=7 * 1440, unit=LagUnit.ELAPSED),
                PlanLink("t02", "t03", lag=8 * 1440, unit=LagUnit.ELAPSED),
            ),
        ),
        WARNING,
        1,
        2,
        "t02->t03 fs",
    ),
    # 60 % of ten days are six.
    Case(
        "long-lag",
        replace(chain(2, 10), links=(PlanLink("t01", "t02", lag=6000, unit=LagUnit.PERCENT),)),
        WARNING,
        1,
        1,
        "t01->t02 fs",
    ),
    Case(
        "long-lag",
        replace(plan({"a": None, "b": 1}), links=(PlanLink("a", "b", lag=6000, unit=LagUnit.PERCENT),)),
        GAP,
        reason="1 link cannot be told: the lag is a part of a duration that is not known",
    ),
    Case("06A205a", plan(dict.fromkeys("abc", 1), "a->b fs+1", "a->b ff+1", "b->c"), FAILED, 1, 3, "b"),
    Case("06A205a", ROW, PASSED, 0, 3),
    # 2 of 4 are FS.
    *(
        Case(
            check,
            plan(dict.fromkeys("abcd", 1), "a->b", "b->c", "c->d ss", "c->d ff"),
            verdict,
            2,
            4,
            "c->d ff|c->d ss",
        )
        for check, verdict in (("link-types", INFO), ("dcma-04", FAILED))
    ),
    *(Case(check, ROW, PASSED, 2, 2) for check in ("link-types", "dcma-04")),
    Case("redundant-link", plan(dict.fromkeys("abc", 1), "a->b", "b->c", "a->c"), WARNING, 1, 3, "a->c fs"),
    Case("redundant-link", ROW, PASSED, 0, 2),
    Case("redundant-link", plan({"a": 1, "b": 1}), GAP, reason="there are no links between tasks that are not dropped"),
    Case("merge-hotspot", plan(dict.fromkeys("abcdef", 1), *(f"{p}->f" for p in "abcde")), WARNING, 1, 6, "f"),
    Case("merge-hotspot", plan(dict.fromkeys("abcdef", 1), *(f"{p}->f" for p in "abcde"), done="a"), PASSED, 0, 5),
    Case("merge-point", plan(dict.fromkeys("abcd", 1), *(f"{p}->d" for p in "abc")), INFO, 1, 4, "d"),
    Case("merge-point", plan(dict.fromkeys("abcdef", 1), *(f"{p}->f" for p in "abcde")), PASSED, 0, 6),
    Case("06A210a", tasks(ROW, {"t02": {"level_of_effort": True}}), FAILED, 1, 2, "t02->t03 fs"),
    Case("06A210a", tasks(ROW, {"t03": {"level_of_effort": True}}), PASSED, 0, 2),
    Case("06A210a", ROW, GAP, reason="no task is marked as level of effort"),
)

SEQUENCE = tuple(
    Case(check, base, verdict if verdict is PASSED or verdict is GAP else level, count, of, offenders, reason)
    for check, level in (("out-of-sequence", WARNING), ("06A212a", FAILED))
    for base, verdict, count, of, offenders, reason in (
        (plan(dict.fromkeys("abc", 1), "a->b", "b->c", done="b"), FAILED, 1, 2, "a->b fs", ""),
        (plan(dict.fromkeys("abc", 1), "a->b", "b->c", done="a"), PASSED, 0, 2, "", ""),
        # Eight hours of b may run beside a: its lead allows that it began.
        (plan(dict.fromkeys("abc", 1), "a->b fs-1", "b->c", done="b"), PASSED, 0, 2, "", ""),
        (ROW, GAP, None, None, "", "no task has been started"),
    )
)

LINK_CASES = (*LOGIC, *SEQUENCE)
