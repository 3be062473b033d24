"""How messages about changes to a plan call its tasks, links and times: by name and in working days."""

from __future__ import annotations

from collections import Counter

from crm_rules.roadmap.plan import Plan, PlanLink, days_of


class Words:
    """The words for one plan."""

    def __init__(self, plan: Plan) -> None:
        self._names = {t.id: t.name for t in plan.tasks}
        self._shared = Counter(self._names.values())
        self._per_day = plan.minutes_per_day

    def name(self, task: str) -> str:
        """The name of a task, with its id where several have that name; the id of one that is not in the plan."""
        name = self._names.get(task, task)
        return f"{name} ({task})" if self._shared[name] > 1 else name

    def task(self, task: str) -> str:
        """`task 'Data migration'`."""
        return f"task '{self.name(task)}'"

    def link(self, link: PlanLink) -> str:
        """`link 'Design' -> 'Build' (FS)`."""
        return f"link '{self.name(link.predecessor)}' -> '{self.name(link.successor)}' ({link.type.value.upper()})"

    def days(self, minutes: int) -> str:
        """Working minutes as `1 working day`, `2.5 working days`."""
        days = f"{days_of(minutes, self._per_day):,.10g}"
        return f"{days} working day" if days == "1" else f"{days} working days"
