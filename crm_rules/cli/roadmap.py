"""`crm-rules roadmap`: when the project ends, what decides it, and what is wrong with the plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import click

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.options import NEVER, pack_option, packs_of
from crm_rules.cli.outputs import OrderedCommand, Output, outputs, write_file
from crm_rules.cli.problems import notes_text, problems_text
from crm_rules.cli.session import Session
from crm_rules.errors import MissingExtra
from crm_rules.report.phrases import sentence, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_formats import ROADMAP_FORMATS, FigureKind, roadmap_format_of_file
from crm_rules.report.roadmap_trouble import SEVERITIES
from crm_rules.report.roadmap_troubles import troubles
from crm_rules.report.view import View

MOST_CAUSES: Final = 6

_SPREAD: Final = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*%?\s*,\s*([+-]?\d+(?:\.\d+)?)\s*%?\s*")


def _spread(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    if value is None:
        return None
    parts = _SPREAD.fullmatch(value)
    if parts is None:
        raise click.BadParameter(f"expected two numbers such as -10,30, found '{value}'", ctx, param)
    least, most = float(parts[1]) / 100, float(parts[2]) / 100
    if not -1 <= least <= 0 <= most:
        raise click.BadParameter(
            f"expected the least from -100 to 0 and the most from 0 up, found '{value}'", ctx, param
        )
    return least, most


_FIGURES: Final[tuple[FigureKind, ...]] = ("gantt", "graph")


@click.command(cls=OrderedCommand, short_help="Schedule and check a roadmap.")
@click.argument("file")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(tuple(ROADMAP_FORMATS)),
    help="How to show the roadmap; may be repeated, each with an -o.  [default: text]",
)
@click.option("-o", "--output", "files", metavar="FILE", multiple=True, help="Write the format before it to a file.")
@click.option(
    "--figure",
    type=click.Choice(_FIGURES),
    help="What mermaid, svg and png draw: the schedule or the dependencies.  [default: gantt]",
)
@click.option(
    "--quality",
    type=click.Choice(tuple(api.QUALITY_PROFILES)),
    help="Show all checks of this profile.  [default: those of roadmap that found something]",
)
@click.option(
    "--simulate",
    "samples",
    type=click.IntRange(min=2),
    metavar="N",
    help="Draw durations from the estimates N times and say when the project ends.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="What the draws start from.")
@click.option(
    "--spread",
    metavar="LEAST,MOST",
    callback=_spread,
    help="Let tasks without an estimate vary too, in percent of their duration: -10,30.",
)
@click.option("--to", "target", metavar="TASK", help="Show what leads to this task, by id or name.")
@click.option(
    "--why", "questions", metavar="TASK", multiple=True, help="Show why a task has its dates; may be repeated."
)
@click.option(
    "--what-if",
    "changes",
    metavar="CHANGE",
    multiple=True,
    help="Show what a change would do, such as 'delay TASK 5d'; may be repeated.",
)
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, NEVER)),
    default="error",
    show_default=True,
    help="Exit with 1 when the roadmap has trouble of this severity or a worse one.",
)
@pack_option
@click.option("-a", "--all", "everything", is_flag=True, help="Show every task and all trouble.")
@click.pass_context
def roadmap(
    ctx: click.Context,
    file: str,
    formats: Sequence[str],
    files: Sequence[str],
    figure: FigureKind | None,
    quality: str | None,
    samples: int | None,
    seed: int,
    spread: tuple[float, float] | None,
    target: str | None,
    questions: Sequence[str],
    changes: Sequence[str],
    fail_on: str,
    packs: Sequence[str],
    everything: bool,
) -> int:
    """Schedule the tasks of FILE: the critical path and what is wrong with the plan, then dates and float.

    FILE is a project file, a plan as Microsoft Project XML, a list of tasks in CSV or Excel, or what other scheduling
    programs write (with the extra mpxj).

    Errors are loops, tasks that are later than the dates laid down allow, work that is planned in the wrong order, and
    failed checks of the plan's quality. Warnings are what leaves dates unknown, and checks that ask for a look.

    CHANGE is one of: delay TASK 5d, lengthen TASK 3d, shorten TASK 2d, drop TASK, link A -> B SS+2d, unlink A -> B,
    lag A -> B 3d. Days are working days; w are weeks of five days, h hours. TASK is an id, or a name only one task has.
    """
    session: Session = ctx.obj
    wanted = outputs(ctx, formats, files, roadmap_format_of_file)
    _drawable(wanted, figure)
    with session.step("Reading"):
        imported = api.load_plan(file)
        found = api.analyse(imported.plan)
    if imported.notes:
        session.note(notes_text(imported.notes, session.err_color, everything))
    with session.step("Checking"):
        ordering = api.check_ordering(found, api.orderings_of(packs_of(packs)) if packs else api.bundled_orderings())
        report = api.check_quality(found, quality or next(iter(api.QUALITY_PROFILES)))
    if samples is None and spread is not None:
        raise click.UsageError("--spread is for --simulate.")
    simulation = None if samples is None else _simulated(session, found, samples, seed, spread)
    content = RoadmapContent(found, file, ordering, report, quality is not None, simulation)
    try:
        content = _asked(content, target, questions, changes)
    except api.ImpossibleChange as error:
        # Nothing is wrong with the file: the call asked for what is not there.
        session.note(problems_text(error.diagnostics, session.err_color))
        return ExitCode.USAGE
    try:
        for output in wanted:
            _write(session, output, content, everything, figure or _FIGURES[0])
    except MissingExtra as error:
        raise click.UsageError(f"{error}.") from None
    return ExitCode.FOUND if _fails(content, fail_on) else ExitCode.OK


_DATES: Final = ("early_start", "early_finish", "late_start", "late_finish")


def _asked(
    content: RoadmapContent, target: str | None, questions: Sequence[str], changes: Sequence[str]
) -> RoadmapContent:
    """With what leads to a task, why tasks have their dates, and what changes would do.

    Raises:
        api.ImpossibleChange: a task or a link is not there, or a change cannot be made.
    """
    roadmap = content.roadmap
    if target is not None:
        task = api.task_named(roadmap.plan, target)
        try:
            content = replace(content, target=task, slack=roadmap.driving_slack(task))
        except KeyError:
            raise click.UsageError(f"Nothing leads to '{target}': it is a summary task or dropped.") from None
    tasks = dict.fromkeys(api.task_named(roadmap.plan, name) for name in questions)
    content = replace(content, reasons={task: _reasons(roadmap, task) for task in tasks})
    if changes:
        comparison = api.what_if(roadmap, api.changes_of(roadmap.plan, changes))
        content = replace(content, changes=tuple(c.strip() for c in changes), what_if=comparison)
    return content


def _reasons(roadmap: api.Roadmap, task: str) -> tuple[str, ...]:
    """Why a task has its dates, or what has to be stated before it has any."""
    if task not in roadmap.tasks:
        return ("it is dropped and has no dates",)
    said = [reason for date in _DATES if (reason := roadmap.why(task, date)) is not None]
    open_ = [f"{date}_minutes" for date in _DATES if roadmap.why(task, date) is None]
    causes = list(dict.fromkeys(cause for date in open_ for cause in roadmap.causes(task, date)))
    if open_:
        unknown = "no date is known" if not said else "the other dates are not known"
        said.append(unknown + (f": state {shortened(causes, MOST_CAUSES)}" if causes else ""))
    return tuple(said)


def _simulated(
    session: Session, found: api.Roadmap, samples: int, seed: int, spread: tuple[float, float] | None
) -> api.Simulation | api.NotSimulated:
    try:
        with session.counting("Simulating") as progress:
            return api.simulate(found, samples, seed, spread=spread, progress=progress)
    except api.LimitReached:
        raise
    except api.EngineError as error:
        # A package is missing; what to install stands in the message.
        raise click.UsageError(sentence(str(error))) from None
    except ValueError as error:
        raise click.UsageError(sentence(str(error))) from None


def _drawable(wanted: Sequence[Output], figure: FigureKind | None) -> None:
    """Refuse a figure that none of the formats can draw: it would change nothing."""
    if figure is not None and not any(figure in ROADMAP_FORMATS[o.format].draws for o in wanted):
        able = ", ".join(name for name, row in ROADMAP_FORMATS.items() if figure in row.draws)
        raise click.UsageError(f"--figure {figure} needs a format that draws it: {able}.")


def _write(session: Session, output: Output, content: RoadmapContent, everything: bool, figure: FigureKind) -> None:
    render = ROADMAP_FORMATS[output.format].render
    if output.file is not None:
        with session.step(f"Writing {output.format}"):
            write_file(output.file, render(content, View(everything=everything), figure))
        session.note(f"{output.format} written to {output.file}")
        return
    result = render(content, View(session.width, session.color, everything), figure)
    if isinstance(result, bytes):
        session.binary_result(result)
    else:
        session.result(result)


def _fails(content: RoadmapContent, fail_on: str) -> bool:
    if fail_on == NEVER:
        return False
    worst = SEVERITIES.index("error" if fail_on == "error" else "warning")
    return any(SEVERITIES.index(t.severity) <= worst for t in troubles(content))
