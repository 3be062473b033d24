"""The 14-point assessment of the Defense Contract Management Agency, edition of 9 November 2009 (09NOV09).

Numbers and populations as laid out in Ron Winter, *DCMA 14-Point Schedule Assessment* (2011), and Edwards
Performance Solutions, *DCMA 14-Point Assessment* (2016). Editions differ: this one counts relationships with at
least one end among the unfinished tasks, and baseline durations.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from crm_rules.roadmap.quality import dates, floats, logic
from crm_rules.roadmap.quality.measure import NONE, OPEN, at_least, at_most, index_of
from crm_rules.roadmap.quality.path_test import critical_path_test
from crm_rules.roadmap.quality.results import Verdict
from crm_rules.roadmap.quality.table import LINKS, OPEN_WORK, Profile, Row
from crm_rules.roadmap.quality.view import Population

DCMA: Final = Profile(
    name="dcma",
    edition="DCMA 14-point assessment, edition of 9 November 2009 (09NOV09)",
    population=Population.TASKS,
    percent_from=1,
    spare_one=False,
    rows=(
        Row(
            "dcma-01",
            "Logic",
            "tasks without a predecessor or without a successor, each counted once",
            OPEN_WORK,
            logic.missing_logic,
            at_most(5),
        ),
        Row(
            "dcma-01b",
            "Dangling logic",
            "tasks with links of which none holds the start, or none leaves the finish",
            OPEN_WORK,
            logic.dangling,
            OPEN,
        ),
        Row("dcma-02", "Leads", "links with a negative lag", LINKS, logic.leads, NONE),
        Row("dcma-03", "Lags", "links with a lag", LINKS, logic.lags, at_most(5)),
        Row(
            "dcma-03b",
            "Long lags",
            "links with a lag of 5 working days or more",
            LINKS,
            partial(logic.long_lags, days=5, least=True),
            NONE,
            Verdict.INFO,
        ),
        Row("dcma-04", "Relationship types", "FS links", LINKS, logic.finish_to_start, at_least(90)),
        Row(
            "dcma-05",
            "Hard constraints",
            "tasks with MSO, MFO, SNLT or FNLT",
            OPEN_WORK,
            floats.hard_constraints,
            at_most(5),
        ),
        Row(
            "dcma-06",
            "High float",
            "tasks with total float of more than 44 working days",
            OPEN_WORK,
            partial(floats.high_float, days=44),
            at_most(5),
        ),
        Row("dcma-07", "Negative float", "tasks with negative total float", OPEN_WORK, floats.negative_float, NONE),
        Row(
            "dcma-08",
            "High duration",
            "tasks with a baseline duration of more than 44 working days",
            OPEN_WORK,
            partial(floats.long_agreed_tasks, days=44),
            at_most(5),
        ),
        Row(
            "dcma-09a",
            "Invalid forecast dates",
            "unfinished tasks planned for a time before the status date",
            OPEN_WORK,
            dates.forecast_in_past,
            NONE,
        ),
        Row(
            "dcma-09b",
            "Invalid actual dates",
            "tasks with actual dates after the status date",
            "{work} with actual dates",
            dates.actual_in_future,
            NONE,
        ),
        Row(
            "dcma-10",
            "Resources",
            "tasks of a working day or more to which nobody is assigned",
            "unfinished {work} of a working day or more",
            floats.without_owner,
            OPEN,
        ),
        Row(
            "dcma-11",
            "Missed tasks",
            "tasks finished, or to be finished, later than agreed",
            "{work} agreed to be finished by the status date",
            dates.missed,
            at_most(5),
        ),
        Row(
            "dcma-12",
            "Critical path test",
            "working days by which the finish moves, or the float of the task falls",
            "working days a critical task is delayed by",
            critical_path_test,
            at_least(99),
        ),
        Row(
            "dcma-13",
            "Critical path length index (CPLI)",
            "working minutes from the status date to the finish, and the float of the plan",
            "working minutes from the status date to the finish",
            floats.path_length_index,
            index_of(95),
        ),
        Row(
            "dcma-14",
            "Baseline execution index (BEI)",
            "tasks finished by the status date",
            "{work} agreed to be finished by then, or without a baseline",
            dates.finished_as_agreed,
            index_of(95),
        ),
    ),
)
