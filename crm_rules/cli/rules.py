"""`crm-rules rules`: for those who read and write rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from crm_rules import api
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.options import pack_option, packs_of
from crm_rules.cli.problems import problem_count, problems_text
from crm_rules.cli.rule_page import Vocabulary, rule_page
from crm_rules.cli.session import Session
from crm_rules.diagnostics import did_you_mean
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import capitalised, count
from crm_rules.report.view import View


@click.group
def rules() -> None:
    """List, show and check rules."""


@rules.command("list", short_help="List the rules of a pack.")
@pack_option
@click.option("--family", "families", metavar="NAME", multiple=True, help="Only rules of this family; may be repeated.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.pass_obj
def list_rules(session: Session, packs: Sequence[str], families: Sequence[str], form: str) -> int:
    """List the rules of a pack, by family."""
    drafts = [d for pack in packs_of(packs) for d in pack.drafts]
    known = {d.family for d in drafts}
    for family in families:
        if family not in known:
            hint = did_you_mean(family, known)
            raise click.UsageError(f"There is no family '{family}'" + (f"; {hint}" if hint else "."))
    chosen = sorted((d for d in drafts if not families or d.family in families), key=lambda d: (d.family, d.id))
    if form == "json":
        session.result(json.dumps([_entry(d) for d in chosen], ensure_ascii=False, indent=2) + "\n")
    else:
        session.result(_list_text(chosen, View(session.width, session.color)))
    return ExitCode.OK


def _entry(rule: api.RuleDraft) -> dict[str, Any]:
    span = rule.head.span
    return {
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind,
        "status": rule.status,
        "family": rule.family,
        "phases": [p.value for p in rule.phases],
        "catalogue": rule.catalogue,
        "sources": [s.value for s in rule.sources],
        "file": None if span is None else span.file,
    }


def _list_text(chosen: Sequence[api.RuleDraft], view: View) -> str:
    page = Page(view.width, view.color)
    for family in dict.fromkeys(d.family for d in chosen):
        members = [d for d in chosen if d.family == family]
        page.heading(capitalised(family), count(len(members), "rule"))
        for rule in members:
            marks = [mark for mark in (rule.kind, rule.status) if mark not in ("risk", "active")]
            page.pair(words((rule.id, "cyan")), words((", ".join(marks), "dim")))
            page.text(rule.title, indent=2)
    page.blank()
    page.text(words((f"{count(len(chosen), 'rule')}. crm-rules rules show ID shows one of them.", "dim")))
    return page.render()


@rules.command("show", short_help="Show a rule as a page.")
@click.argument("rule", metavar="ID")
@pack_option
@click.option("--source", is_flag=True, help="Show the Python the compiled engine runs for the rule.")
@click.pass_obj
def show_rule(session: Session, rule: str, packs: Sequence[str], source: bool) -> int:
    """Show all there is to know of a rule."""
    loaded = packs_of(packs)
    drafts = {d.id: d for pack in loaded for d in pack.drafts}
    if rule not in drafts:
        hint = did_you_mean(rule, drafts)
        raise click.UsageError(f"There is no rule '{rule}'" + (f"; {hint}" if hint else "."))
    draft = drafts[rule]
    if not source:
        view = View(session.width, session.color, labels=api.labels())
        session.result(rule_page(draft, Vocabulary.of(loaded), view))
        return ExitCode.OK
    if draft.status == "draft":
        raise click.UsageError(f"{rule} is a draft: no engine runs it.")
    session.result(api.rule_source(api.compile_packs(loaded), rule).rstrip("\n") + "\n")
    return ExitCode.OK


@rules.command("check", short_help="Check a pack and its examples.")
@click.argument("pack", metavar="PATH_OR_NAME")
@click.pass_obj
def check_rules(session: Session, pack: str) -> int:
    """Check a pack: the rules, everything they name, and what their examples state."""
    from crm_rules.trial.examples import run_examples

    with session.step("Checking"):
        (loaded,) = packs_of([pack], lenient=True)
        problems: list[api.Diagnostic] = []
        api.compile_packs([loaded], warnings=problems)
        # Without an engine nothing is run: the examples are only read.
        problems += run_examples(loaded, engines=(), coverage=False).problems
    if problems:
        session.note(problems_text(problems, session.err_color))
    if any(p.severity == "error" for p in problems):
        return ExitCode.INVALID
    examples = sum(len(d.examples) for d in loaded.drafts)
    contents = [count(len(loaded.drafts), "rule"), count(examples, "example"), count(len(loaded.sources), "source")]
    if loaded.conclusions:
        contents.insert(1, count(len(loaded.conclusions), "conclusion"))
    session.result(f"{loaded.name} {loaded.version}: {', '.join(contents)}; {problem_count(problems)}.\n")
    return ExitCode.OK
