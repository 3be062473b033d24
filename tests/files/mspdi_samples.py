"""Microsoft Project XML written by hand, for tests."""

from __future__ import annotations

from crm_rules.files.imported import ImportedPlan
from crm_rules.files.mspdi import parse_mspdi
from crm_rules.roadmap.plan import PlanLink, PlanTask

WEEK = "".join(
    f"<WeekDay><DayType>{day}</DayType><DayWorking>{int(2 <= day <= 6)}</DayWorking>"
    + (
        "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
        "<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"
        if 2 <= day <= 6
        else ""
    )
    + "</WeekDay>"
    for day in range(1, 8)
)
STANDARD = f"<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{WEEK}</WeekDays></Calendar>"  # noqa: E501


def element(name: str, content: object) -> str:
    return f"<{name}>{content}</{name}>"


def elements(**values: object) -> str:
    """One element per value that is not None."""
    return "".join(element(name, value) for name, value in values.items() if value is not None)


def task(uid: object, *inside: str, **values: object) -> str:
    """A task of one day unless `values` say otherwise, on a line of its own."""
    usual: dict[str, object] = {"Name": f"Task {uid}", "OutlineLevel": 1, "Duration": "PT8H0M0S"}
    return "\n" + element("Task", elements(UID=uid, **(usual | values)) + "".join(inside))


def link(predecessor: object, type_: object = None, lag: object = None, format_: object = None) -> str:
    inside = elements(PredecessorUID=predecessor, Type=type_, LinkLag=lag, LagFormat=format_)
    return "\n" + element("PredecessorLink", inside)


def mspdi(*tasks: str, calendars: str = STANDARD, rest: str = "", **header: object) -> str:
    """A whole file; tasks begin in line 3."""
    usual: dict[str, object] = {"StartDate": "2026-03-02T08:00:00", "CalendarUID": 1}
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Project xmlns="http://schemas.microsoft.com/project">'
        + elements(**(usual | header))
        + element("Calendars", calendars)
        + element("Tasks", "".join(tasks))
        + rest
        + "</Project>"
    )


def read(text: str) -> ImportedPlan:
    return parse_mspdi(text.encode(), "plan.xml")


def one_task(text: str) -> PlanTask:
    """The only task of a file."""
    (found,) = read(text).plan.tasks
    return found


def one_link(*links: str) -> PlanLink:
    """The only link of a file in which task 2 has the links given."""
    (found,) = read(mspdi(task(1), task(2, *links))).plan.links
    return found
