"""`crm-rules assess`: the main job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click

from crm_rules import api
from crm_rules.cli.differences import differences_text
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.options import (
    NEVER,
    Patterns,
    engine_option,
    pack_option,
    packs_of,
    patterns_of,
    setting_option,
    settings_of,
)
from crm_rules.cli.outputs import OrderedCommand, Output, format_names, outputs, write_file
from crm_rules.cli.problems import notes_text
from crm_rules.cli.session import Session
from crm_rules.report.registry import FORMATS
from crm_rules.report.selection import select_findings
from crm_rules.report.view import View

_FAIL_ON: Final = (*reversed(api.LEVEL_ORDER), NEVER)


@click.command(cls=OrderedCommand, short_help="Assess a project.")
@click.argument("file")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(format_names()),
    help="How to show the assessment; may be repeated, each with an -o.  [default: text]",
)
@click.option("-o", "--output", "files", metavar="FILE", multiple=True, help="Write the format before it to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON),
    default="high",
    show_default=True,
    help="Exit with 1 when a certain finding that is not waived reaches this level.",
)
@click.option("-a", "--all", "everything", is_flag=True, help="Show every item in full.")
@click.option("--select", "selected", metavar="RULES", multiple=True, help="Report only findings of these rules.")
@click.option("--ignore", "ignored", metavar="RULES", multiple=True, help="Do not report findings of these rules.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day to take for today instead of the one in the file (YYYY-MM-DD).",
)
@pack_option
@setting_option
@engine_option
@click.option("--cross-check", is_flag=True, help="Compare the answers of all engines; exit with 4 when they differ.")
@click.pass_context
def assess(
    ctx: click.Context,
    file: str,
    formats: Sequence[str],
    files: Sequence[str],
    fail_on: str,
    everything: bool,
    selected: Sequence[str],
    ignored: Sequence[str],
    as_of: dt.datetime | None,
    packs: Sequence[str],
    settings: Sequence[str],
    engine: str,
    cross_check: bool,
) -> int:
    """Assess the project in FILE: findings with what they rest on, what to do, and what to ask.

    FILE is a project file, or a plan: Microsoft Project XML, a list of tasks in CSV or Excel, or what other scheduling
    programs write (with the extra mpxj). All rules run over a plan as well; what it does not say is unknown.

    RULES are ids of rules, beginnings of ids, families, rows of the catalogue, or patterns with *; several with
    commas between them. They choose what is reported, never what is concluded.
    """
    session: Session = ctx.obj
    wanted = outputs(ctx, formats, files)
    with session.step("Reading"):
        subject = api.load_subject(file, None if as_of is None else as_of.date())
        loaded = packs_of(packs)
        chosen = _Choice(
            patterns_of("--select", selected, loaded) if selected else None,
            patterns_of("--ignore", ignored, loaded) if ignored else None,
        )
        isolated = engine in api.FOREIGN_ENGINES
        assessor = api.Assessor(loaded, engine, settings_of(settings, loaded), isolated=isolated)
    if isinstance(subject, api.ImportedProject) and subject.notes:
        session.note(notes_text(subject.notes, session.err_color, everything))
    if cross_check and (code := _cross_check(session, assessor, subject)) is not ExitCode.OK:
        return code
    with session.step("Assessing"):
        assessment = assessor.assess(subject)
        if chosen.some:
            assessment = select_findings(assessment, chosen.wanted)
    for output in wanted:
        _write(session, output, assessment, everything)
    return ExitCode.FOUND if _fails(assessment, fail_on) else ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which findings are reported."""

    select: Patterns | None
    ignore: Patterns | None

    @property
    def some(self) -> bool:
        """Whether anything was chosen at all."""
        return self.select is not None or self.ignore is not None

    def wanted(self, finding: api.Finding) -> bool:
        """Whether a finding is reported."""
        names = (finding.rule, finding.family, finding.catalogue)
        if self.ignore is not None and self.ignore.match(*names):
            return False
        return self.select is None or self.select.match(*names)


def _cross_check(session: Session, assessor: api.Assessor, subject: api.Subject) -> ExitCode:
    """Compare the engines and say what came of it; OK when at least two answered and all of them agree."""
    from crm_rules.trial.cross_check import cross_check

    with session.step("Comparing engines"):
        found = cross_check(assessor, subject)
    for engine, reason in found.unanswered.items():
        session.note(f"The engine '{engine}' gives no answer: {reason}")
    if found.differences:
        session.note(differences_text(found.differences, session.err_color))
        return ExitCode.INTERNAL
    if len(found.engines) < 2:
        session.note("Nothing was compared, because fewer than two engines gave an answer.")
        return ExitCode.INVALID
    session.note(f"{' and '.join(found.engines)} give the same answers.")
    return ExitCode.OK


def _write(session: Session, output: Output, assessment: api.Assessment, everything: bool) -> None:
    render = FORMATS[output.format].render
    if output.file is None:
        session.result(render(assessment, View(session.width, session.color, everything, api.labels())))
    else:
        write_file(output.file, render(assessment, View(everything=everything, labels=api.labels())))
        session.note(f"{output.format} written to {output.file}")


def _fails(assessment: api.Assessment, fail_on: str) -> bool:
    return any(fail_on == level and assessment.at_or_above(level) for level in api.LEVEL_ORDER)
