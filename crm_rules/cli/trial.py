"""`crm-rules test`: the examples of a pack on all engines, and what they leave untested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.options import engines_option, packs_of
from crm_rules.cli.problems import problems_text
from crm_rules.cli.session import Session
from crm_rules.diagnostics import did_you_mean
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import count

if TYPE_CHECKING:
    from crm_rules.trial.results import TrialReport


@click.command(short_help="Run the examples of a pack.")
@click.argument("pack", metavar="PACK")
@engines_option
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only this rule; may be repeated.")
@click.option("--coverage/--no-coverage", default=True, show_default=True, help="Look for conditions no example needs.")
@click.pass_obj
def test(session: Session, pack: str, engines: Sequence[str], rules: Sequence[str], coverage: bool) -> int:
    """Run the examples of the rules in PACK, a folder or the name of a pack.

    Every example runs on every engine and every answer is verified. A part of a rule that could be left out or
    turned round without any example noticing is reported as well.
    """
    from crm_rules.trial.examples import run_examples

    (loaded,) = packs_of([pack])
    ids = [d.id for d in loaded.drafts]
    for rule in rules:
        if rule not in ids:
            hint = did_you_mean(rule, ids)
            raise click.UsageError(f"{loaded.name} has no rule '{rule}'" + (f"; {hint}" if hint else "."))
    with session.counting("Examples") as progress:
        report = run_examples(loaded, engines or None, rules or None, coverage, progress)
    if report.problems:
        session.note(problems_text(report.problems, session.err_color))
    session.result(_text(report, loaded, tuple(engines) or api.installed_engines(), session))
    if report.problems:
        return ExitCode.INVALID
    return ExitCode.OK if report.passed else ExitCode.FOUND


def _text(report: TrialReport, pack: api.Pack, engines: Sequence[str], session: Session) -> str:
    page = Page(session.width, session.color)
    failed = [o for o in report.outcomes if not o.passed]
    if failed:
        page.heading("Failed", count(len(failed), "run"))
        same: dict[tuple[str, str, str, str], list[str]] = {}
        for o in failed:
            same.setdefault((o.rule, _line(o.place), o.example, o.failure), []).append(o.engine)
        for (rule, place, example, failure), on in same.items():
            page.pair(words((rule, "bold")), words((place, "dim")), hang=2)
            page.text(words(f"{example}: {failure}", (f" ({', '.join(on)})", "dim")), indent=2, hang=2)
    if report.uncovered:
        page.heading("Not tested", "all examples come out the same when this is changed")
        for part in report.uncovered:
            page.pair(words((part.rule, "bold")), words((_line(part.place), "dim")), hang=2)
            done = "left out" if part.kind == "removal" else "turned round"
            page.text(words((f"can be {done}: ", "yellow"), part.clause), indent=2, hang=2)
    page.blank()
    passed = sum(o.passed for o in report.outcomes)
    line = f"{pack.name} {pack.version}: {count(report.rules, 'rule')}, {count(report.examples, 'example')} on "
    line += f"{' and '.join(engines)}: {passed:,} of {count(len(report.outcomes), 'run')} passed"
    if report.mutants:
        needed = report.mutants - len(report.uncovered)
        line += f"; {needed:,} of {count(report.mutants, 'changed rule')} noticed"
    page.text(words((line + ".", "green" if report.passed else "bold red")))
    return page.render()


def _line(place: api.Span | None) -> str:
    """File and line."""
    return "" if place is None else f"{place.file}:{place.line}"
