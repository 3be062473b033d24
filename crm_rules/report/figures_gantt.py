"""The Gantt chart of a roadmap: bars at the planned dates, float behind them, critical tasks first to be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crm_rules.report.figures import (
    CRITICAL,
    EDGES,
    FAINT,
    FILLS,
    INK,
    LABELS,
    PALE,
    new_figure,
    shortened_to,
    style,
    text_width,
)
from crm_rules.report.figures_axis import Tick, day_ticks, number_ticks
from crm_rules.report.roadmap_tasks import (
    Mark,
    TaskView,
    day_text,
    days_in,
    link_views,
    most_urgent,
    task_views,
)
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.working_time import absolute

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TASKS: Final = 200
"""Tasks of one chart. Of larger plans those that matter most are drawn, and the chart says what it leaves out."""

_WIDTH: Final = 13.0
_MARGIN: Final = 0.25
_HEAD: Final = 0.95
_FOOT: Final = 0.55
_LONGEST_NAME: Final = 3.4
_NAME_SIZE: Final = 8.0
_SMALL: Final = 7.0
_SHADED_FROM: Final = 0.018
"""Inches of a day from which days without work are shaded."""

_DAY: Final = 1440.0


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a moment stands across the chart.

    Attributes:
        left, right: inches from the left edge of the figure.
        first, last: what stands there: minutes on the clock, or of work where the plan has no dates.
        dated: whether moments are dates.
    """

    left: float
    right: float
    first: float
    last: float
    dated: bool

    def __call__(self, at: float) -> float:
        return self.left + (at - self.first) / (self.last - self.first) * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class _Span:
    """A task on the scale; None where a date is not known."""

    start: float | None
    finish: float | None
    late: float | None


_FIRST_DAY: Final = dt.date(1, 1, 1)


def gantt(roadmap: Roadmap, title: str = "") -> Figure:
    """The schedule as a matplotlib figure.

    A bar is a task at its planned dates, the earliest unless it is to be done as late as possible. The line behind
    it ends where the task has to be finished lest the project ends later, so its length is the total float. A plan
    without dates is drawn in working days.

    Args:
        roadmap: the roadmap to draw.
        title: what stands above; the name of the plan when "".

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with style():
        return _Chart(roadmap, title or roadmap.plan.name or "Roadmap").figure


class _Chart:
    def __init__(self, roadmap: Roadmap, title: str) -> None:
        self.roadmap = roadmap
        self.views, self.left_out = most_urgent(task_views(roadmap), MOST_TASKS)
        self.step = 0.25 if len(self.views) <= 60 else 0.2
        self.dated = roadmap.start_date is not None
        self.spans = {v.id: self._span(v) for v in self.views}
        rows = max(len(self.views), 1)
        height = _HEAD + rows * self.step + _FOOT + (0.2 if self.left_out else 0)
        self.figure, self.axes = new_figure(_WIDTH, height)
        self.top, self.bottom = _HEAD, _HEAD + rows * self.step
        self.scale = self._scale()
        self._title(title)
        self._ground()
        for row, view in enumerate(self.views):
            self._row(row, view)
        self._links()
        self._status()
        self._legend()

    # -- where things stand ---------------------------------------------------------------------

    def _span(self, view: TaskView) -> _Span:
        s = view.schedule
        if self.dated:
            dates = (s.start, s.finish, s.late_finish)
            return _Span(*(None if d is None else absolute(d) for d in dates))
        minutes = (s.start_minutes, s.finish_minutes, s.late_finish_minutes)
        return _Span(*(None if m is None else float(m) for m in minutes))

    def _scale(self) -> _Scale:
        names = [text_width(v.name, _NAME_SIZE, v.summary) + 0.12 * v.depth for v in self.views]
        left = _MARGIN + min(max(names, default=1.0) + 0.02, _LONGEST_NAME) + 0.15
        known = [at for s in self.spans.values() for at in (s.start, s.finish, s.late) if at is not None]
        if self.dated:
            known += [absolute(v.task.deadline) for v in self.views if v.task.deadline is not None]
            known += [absolute(at) for at in (self.roadmap.finish, self.roadmap.plan.status_date) if at is not None]
        first, last = min(known, default=0.0), max(known, default=_DAY)
        last = max(last, first + _DAY)
        pad = (last - first) / 60
        return _Scale(left, _WIDTH - _MARGIN - 0.3, first - pad, last + pad, self.dated)

    def _middle(self, row: int) -> float:
        return self.top + (row + 0.5) * self.step

    # -- what is drawn --------------------------------------------------------------------------

    def _title(self, title: str) -> None:
        self.axes.text(
            _MARGIN,
            0.22,
            shortened_to(title, _WIDTH - 2 * _MARGIN, 12, bold=True),
            size=12,
            weight="bold",
            va="center",
        )
        self.axes.text(_MARGIN, 0.46, self._subtitle(), size=8.5, color=FAINT, va="center")

    def _subtitle(self) -> str:
        roadmap = self.roadmap
        if roadmap.finish_minutes is None:
            return "When the project ends is not known."
        days = days_in(roadmap, roadmap.finish_minutes)
        if roadmap.finish is None or roadmap.start_date is None:
            return days
        return f"{day_text(roadmap.start_date)} – {day_text(roadmap.finish.date())}, {days}"

    def _ground(self) -> None:
        from matplotlib.patches import Rectangle

        for left, right in self._days_off():
            self.axes.add_patch(
                Rectangle((left, self.top), right - left, self.bottom - self.top, color="#f1f1f1", lw=0, zorder=0)
            )
        for row in range(0, len(self.views), 5):
            at = self.top + row * self.step
            self.axes.plot([_MARGIN, self.scale.right], [at, at], color=PALE, lw=0.6, zorder=0.5)
        for tick in self._ticks():
            x = self.scale(tick.at)
            self.axes.plot([x, x], [self.top - 0.05, self.bottom], color="#cfcfcf", lw=0.6, zorder=0.6)
            self.axes.text(x, self.top - 0.1, tick.label, size=_SMALL, color=FAINT, ha="center", va="bottom")

    def _ticks(self) -> Sequence[Tick]:
        most = int((self.scale.right - self.scale.left) / 0.75)
        if self.dated:
            return day_ticks(self.scale.first, self.scale.last, most)
        return number_ticks(self.scale.first, self.scale.last, most)

    def _days_off(self) -> Iterator[tuple[float, float]]:
        """Stretches of days on which nobody works, where there is room to see them."""
        scale = self.scale
        day_width = (scale.right - scale.left) / (scale.last - scale.first) * _DAY
        if not scale.dated or day_width < _SHADED_FROM:
            return
        calendar = self.roadmap.calendar
        begin: float | None = None
        day = int(scale.first // _DAY)
        while day * _DAY <= scale.last:
            date = _FIRST_DAY + dt.timedelta(days=day)
            if not calendar.minutes_on(date):
                begin = day * _DAY if begin is None else begin
            elif begin is not None:
                yield scale(max(begin, scale.first)), scale(day * _DAY)
                begin = None
            day += 1
        if begin is not None:
            yield scale(max(begin, scale.first)), scale.right

    def _row(self, row: int, view: TaskView) -> None:
        y, span = self._middle(row), self.spans[view.id]
        indent = 0.12 * view.depth
        room = self.scale.left - _MARGIN - 0.15 - indent
        self.axes.text(
            _MARGIN + indent, y, shortened_to(view.name, room, _NAME_SIZE, view.summary), size=_NAME_SIZE, va="center",
            weight="bold" if view.summary else "normal", color=FAINT if view.mark is Mark.DONE else INK,
            gid=f"name-{view.id}",
        )  # fmt: skip
        if span.start is None:
            self.axes.text(self.scale.left, y, "dates not known", size=_SMALL, color=FAINT, style="italic", va="center")
            return
        self._float(view, span, y)
        if view.milestone:
            self._milestone(view, self.scale(span.start), y)
        elif view.summary:
            self._summary(view, span, y)
        else:
            self._bar(view, span, y)
        if self.dated and view.task.deadline is not None:
            self._deadline(view, self.scale(absolute(view.task.deadline)), y)

    def _float(self, view: TaskView, span: _Span, y: float) -> None:
        total = view.schedule.total_float_minutes
        if view.mark is Mark.DONE or view.summary or not total or span.late is None or span.finish is None:
            return
        ends = [self.scale(span.finish), self.scale(span.late)]
        color = CRITICAL if total < 0 else FAINT
        lift = self.step * 0.42 if total < 0 else 0.0  # negative float runs back along the bar, hence below it
        self.axes.plot(
            ends, [y + lift, y + lift], color=color, lw=1.4, solid_capstyle="butt", zorder=2, gid=f"float-{view.id}"
        )
        self.axes.plot([ends[1], ends[1]], [y + lift - 0.04, y + lift + 0.04], color=color, lw=1.4, zorder=2)
        if total > 0:
            self.axes.text(ends[1] + 0.05, y, f"{view.float_text} d", size=6, color=FAINT, va="center", zorder=4)

    def _bar(self, view: TaskView, span: _Span, y: float) -> None:
        from matplotlib.patches import Rectangle

        assert span.start is not None
        left, height = self.scale(span.start), self.step * 0.62
        if span.finish is None:
            # The start is certain, the end is not: an open bar of no particular length.
            self.axes.add_patch(
                Rectangle(
                    (left, y - height / 2), 0.35, height, facecolor="none", edgecolor=FAINT, lw=0.9, ls=(0, (3, 2)),
                    zorder=3, gid=f"bar-{view.id}",
                )
            )  # fmt: skip
            self.axes.text(left + 0.4, y, "?", size=_SMALL, color=FAINT, va="center")
            return
        width = max(self.scale(span.finish) - left, 0.02)
        self.axes.add_patch(
            Rectangle(
                (left, y - height / 2), width, height, facecolor=FILLS[view.mark], edgecolor=EDGES[view.mark], lw=0.7,
                hatch="////" if view.mark is Mark.NEAR else None, zorder=3, gid=f"bar-{view.id}",
            )
        )  # fmt: skip

    def _milestone(self, view: TaskView, x: float, y: float) -> None:
        size = self.step * 0.36
        self._polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], view, "milestone")

    def _summary(self, view: TaskView, span: _Span, y: float) -> None:
        if span.start is None or span.finish is None:
            return
        left, right = self.scale(span.start), self.scale(span.finish)
        thick, tip = self.step * 0.16, self.step * 0.3
        corners = [(left, y - thick), (right, y - thick), (right, y + tip), (right - tip, y + thick)]
        corners += [(left + tip, y + thick), (left, y + tip)]
        self._polygon(corners, view, "summary")

    def _polygon(self, corners: Sequence[tuple[float, float]], view: TaskView, what: str) -> None:
        from matplotlib.patches import Polygon

        fill = "#444444" if what == "summary" else FILLS[view.mark]
        edge = "#444444" if what == "summary" else EDGES[view.mark]
        self.axes.add_patch(
            Polygon(corners, closed=True, facecolor=fill, edgecolor=edge, lw=0.8, zorder=3.5, gid=f"{what}-{view.id}")
        )

    def _deadline(self, view: TaskView, x: float, y: float) -> None:
        missed = (view.schedule.total_float_minutes or 0) < 0
        self.axes.plot(
            [x], [y - self.step * 0.28], marker="v", ms=5, mfc=CRITICAL if missed else "white",
            # On a bar of its own colour only the edge is seen.
            mec="white" if missed else INK, mew=0.8, ls="none", zorder=5, gid=f"deadline-{view.id}",
        )  # fmt: skip

    def _links(self) -> None:
        """The links that make the critical path, from bar to bar."""
        rows = {v.id: n for n, v in enumerate(self.views)}
        for link in link_views(self.roadmap, self.views):
            if not link.critical:
                continue
            before, after = self.spans[link.predecessor], self.spans[link.successor]
            from_finish = not link.text.startswith(("SS", "SF"))
            to_finish = link.text.startswith(("FF", "SF"))
            tail = before.finish if from_finish else before.start
            head = after.finish if to_finish else after.start
            if tail is None or head is None:
                continue
            y0, y1 = self._middle(rows[link.predecessor]), self._middle(rows[link.successor])
            x0, x1 = self.scale(tail), self.scale(head)
            # Down beside the bar it leaves, into the edge of the bar it enters.
            edge = y1 - (self.step * 0.31 if y1 > y0 else -self.step * 0.31)
            x = max(x0, x1) if x1 >= x0 - 0.02 else x1
            self.axes.plot(
                [x0, x, x], [y0, y0, edge], color=EDGES[Mark.CRITICAL], lw=0.8, zorder=2.5,
                gid=f"link-{link.predecessor}-{link.successor}",
            )  # fmt: skip

    def _status(self) -> None:
        status = self.roadmap.plan.status_date
        if status is None or not self.dated:
            return
        x = self.scale(absolute(status))
        self.axes.plot(
            [x, x], [self.top - 0.05, self.bottom + 0.03], color=INK, lw=1.1, ls=(0, (4, 2)), zorder=6, gid="status"
        )
        self.axes.text(x, self.bottom + 0.05, day_text(status.date()), size=_SMALL, ha="center", va="top")

    def _legend(self) -> None:
        from matplotlib.patches import Rectangle

        x, y = _MARGIN, self.bottom + 0.33
        used = {v.mark for v in self.views if not v.summary and self.spans[v.id].start is not None}
        for mark in (Mark.CRITICAL, Mark.NEAR, Mark.PLAIN, Mark.UNKNOWN, Mark.DONE):
            if mark not in used:
                continue
            self.axes.add_patch(
                Rectangle(
                    (x, y - 0.06), 0.26, 0.12, facecolor=FILLS[mark], edgecolor=EDGES[mark], lw=0.7,
                    hatch="////" if mark is Mark.NEAR else None,
                )
            )  # fmt: skip
            x = self._label(x + 0.33, y, LABELS[mark])
        if any(self._has_float(v) for v in self.views):
            self.axes.plot([x, x + 0.26], [y, y], color=FAINT, lw=1.4)
            self.axes.plot([x + 0.26, x + 0.26], [y - 0.04, y + 0.04], color=FAINT, lw=1.4)
            x = self._label(x + 0.33, y, "total float")
        if any(v.milestone for v in self.views):
            self.axes.plot([x + 0.08], [y], marker="D", ms=5, mfc=FILLS[Mark.PLAIN], mec=EDGES[Mark.PLAIN], ls="none")
            x = self._label(x + 0.2, y, "milestone")
        if self.dated and any(v.task.deadline is not None for v in self.views):
            self.axes.plot([x + 0.08], [y], marker="v", ms=5, mfc="white", mec=INK, mew=0.8, ls="none")
            x = self._label(x + 0.2, y, "deadline")
        if self.dated and self.roadmap.plan.status_date is not None:
            self.axes.plot([x, x + 0.26], [y, y], color=INK, lw=1.1, ls=(0, (4, 2)))
            self._label(x + 0.33, y, "status date")
        if self.left_out:
            self.axes.text(_MARGIN, y + 0.2, f"Left out: {self.left_out}.", size=_SMALL, color=FAINT, va="center")

    def _label(self, x: float, y: float, text: str) -> float:
        self.axes.text(x, y, text, size=_SMALL, va="center")
        return x + text_width(text, _SMALL) + 0.25

    def _has_float(self, view: TaskView) -> bool:
        return bool(view.mark is not Mark.DONE and not view.summary and view.schedule.total_float_minutes)
