"""Changes and tasks as people type them: what each wording means, and what is said about wordings that mean nothing."""

from __future__ import annotations

import pytest

from crm_rules.roadmap.change_text import FORMS, changes_of, task_named
from crm_rules.roadmap.plan import LagUnit, LinkType, Plan, PlanLink, PlanTask
from crm_rules.roadmap.what_if import AddLink, Change, ChangeLag, Delay, DropLink, DropTask, ImpossibleChange, Lengthen

DAY = 480
PLAN = Plan(
    (
        PlanTask("a", "Lay the floor", DAY),
        PlanTask("b", "Paint", DAY),
        PlanTask("b 2", "Paint", DAY),
        PlanTask("c", "Move in", DAY),
    ),
    (
        PlanLink("a", "b"),
        PlanLink("b", "c", LinkType.SS),
        PlanLink("b", "c", LinkType.FF, DAY),
        PlanLink("a", "b 2", LinkType.FS, 5000, LagUnit.PERCENT),
    ),
)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("delay a 5d", Delay("a", 5 * DAY)),
        ("DELAY a 5", Delay("a", 5 * DAY)),
        ("delay lay the floor 0.5d", Delay("a", DAY // 2)),
        ("delay b 2 3d", Delay("b 2", 3 * DAY)),
        ("lengthen a 2w", Lengthen("a", 10 * DAY)),
        ("shorten a 4h", Lengthen("a", -240)),
        ("  drop   b 2 ", DropTask("b 2")),
        ("link a -> c", AddLink(PlanLink("a", "c"))),
        ("link a->c ss+2d", AddLink(PlanLink("a", "c", LinkType.SS, 2 * DAY))),
        ("link Lay the floor -> Move in FF -1d", AddLink(PlanLink("a", "c", LinkType.FF, -DAY))),
        ("link a -> c FS+3ed", AddLink(PlanLink("a", "c", LinkType.FS, 3 * 1440, LagUnit.ELAPSED))),
        ("link a -> c SS+50%", AddLink(PlanLink("a", "c", LinkType.SS, 5000, LagUnit.PERCENT))),
        ("unlink a -> b", DropLink("a->b fs")),
        ("unlink b -> c ss", DropLink("b->c ss")),
        ("lag a -> b 3d", ChangeLag("a->b fs", 3 * DAY)),
        ("lag b -> c ff -1d", ChangeLag("b->c ff", -DAY)),
        ("lag a -> b 2 25%", ChangeLag("a->b 2 fs", 2500)),
    ],
)
def test_a_wording_means_a_change(text: str, change: Change) -> None:
    assert changes_of(PLAN, [text]) == (change,)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "'' is no change", "changes look like this"),
        ("drop", "'drop' is no change", "changes look like this"),
        ("postpone a 5d", "'postpone a 5d' is no change", "changes look like this"),
        ("delay a", "'delay a' is no change", "changes look like this"),
        ("delay a 5ed", "'delay a 5ed' is no change", "changes look like this"),
        ("delay d 5d", "there is no task 'd'", None),
        ("drop Move inn", "there is no task 'Move inn'", "did you mean 'Move in'?"),
        ("drop paint", "2 tasks are called 'paint'", "say which by id: b, b 2"),
        ("unlink b -> c", "there are 2 links 'b' -> 'c'", "name the type: b->c ff, b->c ss"),
        ("unlink a -> c", "there is no such link 'a' -> 'c'", "'c' waits for b"),
        ("unlink a -> b ss", "there is no such link 'a' -> 'b'", None),
        ("lag a -> b 3ed", "the lag of 'a->b fs' is counted in another unit", "take the link out and add a new one"),
        ("lag a -> b", "'lag a -> b' is no change", "changes look like this"),
    ],
)
def test_what_means_nothing_is_refused_with_a_hint(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(ImpossibleChange) as caught:
        changes_of(PLAN, [text])
    (problem,) = caught.value.diagnostics
    assert problem.message == message
    if hint is not None:
        assert problem.hint is not None
        assert problem.hint.startswith(hint)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ImpossibleChange) as caught:
        changes_of(PLAN, ["drop x", "drop a", "drop y"])
    assert [d.message for d in caught.value.diagnostics] == ["there is no task 'x'", "there is no task 'y'"]


def test_every_form_that_is_offered_is_understood() -> None:
    for form in FORMS:
        text = form.replace("TASK", "a").replace("A -> B", "a -> b")
        assert len(changes_of(PLAN, [text])) == 1


def test_an_id_is_stronger_than_a_name() -> None:
    plan = Plan((PlanTask("Paint", "Floor", DAY), PlanTask("b", "Paint", DAY)))
    assert task_named(plan, " Paint ") == "Paint"
    assert task_named(plan, "floor") == "Paint"
