"""The rows of guideline 6 of the DECM workbook V5.0 (2022), which compliance reviews of DCMA use now."""

from __future__ import annotations

from functools import partial
from typing import Final

from crm_rules.roadmap.quality import dates, floats, logic
from crm_rules.roadmap.quality.measure import NONE, at_most
from crm_rules.roadmap.quality.table import ALL_LINKS, OPEN_WORK, Profile, Row, by_hand
from crm_rules.roadmap.quality.view import Population

EARLIER: Final = "two versions of the plan have to be compared"

DECM: Final = Profile(
    name="decm",
    edition="DECM, guideline 6, workbook V5.0",
    population=Population.TASKS_AND_MILESTONES,
    percent_from=1,
    spare_one=False,
    rows=(
        Row(
            "06A204b",
            "Dangling logic",
            "tasks with links of which none holds the start, or none leaves the finish",
            OPEN_WORK,
            logic.dangling,
            NONE,
        ),
        Row("06A205a", "Lags", "tasks that wait for a lag", OPEN_WORK, logic.tasks_with_lag, at_most(10)),
        Row(
            "06A208a",
            "Summary tasks with logic",
            "summary tasks with links of their own",
            "summary tasks",
            logic.summaries_with_links,
            NONE,
        ),
        Row(
            "06A209a",
            "Hard constraints",
            "tasks with MSO, MFO, SNLT or FNLT",
            OPEN_WORK,
            floats.hard_constraints,
            NONE,
        ),
        Row(
            "06A210a",
            "Level of effort that drives",
            "links by which level of effort holds a task",
            ALL_LINKS,
            logic.effort_drives,
            NONE,
        ),
        Row(
            "06A211a",
            "High float without a reason",
            "tasks with total float of more than 44 working days and no acceptable reason",
            "a sample of the tasks with high float",
            by_hand(
                "whether the reasons for high float are acceptable is for people to say; the tasks are listed",
                partial(floats.high_float, days=44),
            ),
            at_most(20),
        ),
        Row(
            "06A212a",
            "Out of sequence",
            "links a started or finished task did not wait for",
            ALL_LINKS,
            logic.out_of_sequence,
            NONE,
        ),
        Row(
            "06A401a",
            "Critical path",
            "critical paths that differ from the one found by the constraint method",
            "critical paths",
            by_hand("the path found by the contractor is not part of the plan"),
            NONE,
        ),
        Row(
            "06A501a",
            "No baseline",
            "tasks without baseline dates",
            "{work}",
            dates.without_baseline,
            at_most(5),
        ),
        Row(
            "06A504a",
            "Changed actual starts",
            "tasks whose actual start changed after it was first reported",
            "started {work}",
            by_hand(EARLIER),
            at_most(10),
        ),
        Row(
            "06A504b",
            "Changed actual finishes",
            "tasks whose actual finish changed after it was first reported",
            "finished {work}",
            by_hand(EARLIER),
            at_most(10),
        ),
        Row(
            "06A505a",
            "Under way without a date",
            "tasks under way without an actual start",
            "{work} under way",
            dates.begun_without_start,
            at_most(5),
        ),
        Row(
            "06A505b",
            "Finished without a date",
            "finished tasks without an actual finish",
            "finished {work}",
            dates.done_without_finish,
            at_most(5),
        ),
        Row(
            "06A506a",
            "Actual dates after the status date",
            "tasks with actual dates after the status date",
            "{work} with actual dates",
            dates.actual_in_future,
            at_most(5),
        ),
        Row(
            "06A506b",
            "Forecast before the status date",
            "unfinished tasks planned for a time before the status date",
            OPEN_WORK,
            dates.forecast_in_past,
            NONE,
        ),
        Row(
            "06A506c",
            "Riding the status date",
            "tasks forecast for the status date two months running",
            OPEN_WORK,
            by_hand(EARLIER),
            at_most(1),
        ),
    ),
)
