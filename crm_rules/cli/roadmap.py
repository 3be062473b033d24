"""`crm-rules roadmap`: when the project ends, what decides it, and what is wrong with the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.options import NEVER
from crm_rules.cli.outputs import OrderedCommand, Output, outputs, write_file
from crm_rules.cli.session import Session
from crm_rules.errors import MissingExtra
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_formats import ROADMAP_FORMATS, FigureKind, roadmap_format_of_file
from crm_rules.report.roadmap_trouble import SEVERITIES, troubles
from crm_rules.report.view import View

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
    "--fail-on",
    type=click.Choice((*SEVERITIES, NEVER)),
    default="error",
    show_default=True,
    help="Exit with 1 when the roadmap has trouble of this severity or a worse one.",
)
@click.option("-a", "--all", "everything", is_flag=True, help="Show every task and all trouble.")
@click.pass_context
def roadmap(
    ctx: click.Context,
    file: str,
    formats: Sequence[str],
    files: Sequence[str],
    figure: FigureKind | None,
    fail_on: str,
    everything: bool,
) -> int:
    """Schedule the tasks of FILE: the critical path and what is wrong with the plan, then early dates and float.

    Errors are loops and tasks that are later than the dates laid down allow. Warnings are what leaves dates unknown.
    """
    session: Session = ctx.obj
    wanted = outputs(ctx, formats, files, roadmap_format_of_file)
    _drawable(wanted, figure)
    with session.step("Reading"):
        content = RoadmapContent(api.load_roadmap(file), file)
    try:
        for output in wanted:
            _write(session, output, content, everything, figure or _FIGURES[0])
    except MissingExtra as error:
        raise click.UsageError(f"{error}.") from None
    return ExitCode.FOUND if _fails(content, fail_on) else ExitCode.OK


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
