"""A rule as a page to read: what it says, when it speaks, on what authority, and what it was tried on.

Conditions are shown as their author wrote them; what stands between them is put into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.text import Text

from crm_rules import api
from crm_rules.report.page import Page, Words, words
from crm_rules.report.phrases import STYLES, capitalised, count, sentence
from crm_rules.report.view import View

_SETTING: Final = re.compile(r"\bsettings\.(\w+)")

_QUANTIFIERS: Final = {"each": "for each {}", "some": "there is some {}", "none": "there is no {}"}

_EXPECT_STYLES: Final = {"fires": STYLES["high"], "possible": STYLES["medium"], "silent": STYLES["do"]}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules of some packs refer to.

    Attributes:
        sources: publications by key.
        settings: thresholds by name.
        conclusions: titles of conclusions by name.
    """

    sources: Mapping[str, api.Source] = field(default_factory=dict)
    settings: Mapping[str, api.Setting] = field(default_factory=dict)
    conclusions: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(packs: Iterable[api.Pack]) -> Vocabulary:
        """Everything the packs declare together."""
        packs = tuple(packs)
        return Vocabulary(
            {key: source for pack in packs for key, source in pack.sources.items()},
            {name: setting for pack in packs for name, setting in pack.settings.items()},
            {name: conclusion.title for pack in packs for name, conclusion in pack.conclusions.items()},
        )


def rule_page(rule: api.RuleDraft, vocabulary: Vocabulary, view: View) -> str:
    """A rule for reading, in lines of at most `view.width` columns."""
    page = Page(view.width, view.color)
    _title(page, rule, view)
    page.heading("When")
    _clauses(page, rule.when, indent=0)
    _risk(page, rule)
    _conclusions(page, rule, vocabulary)
    _advice(page, rule, view)
    _settings(page, rule, vocabulary)
    _sources(page, rule, vocabulary)
    _examples(page, rule)
    return page.render()


def _title(page: Page, rule: api.RuleDraft, view: View) -> None:
    page.text(words((rule.title, "bold")))
    marks = [rule.id, rule.kind, rule.status, *([rule.catalogue] if rule.catalogue else [])]
    if rule.replaced_by is not None:
        marks.append(f"replaced by {rule.replaced_by.value}")
    page.parts(*((words((mark, "dim"))) for mark in marks))
    if rule.head.span is not None:
        page.text(words((rule.head.span.file, "dim")))
    if rule.rationale:
        page.blank()
        page.text(rule.rationale)
    page.blank()
    phases = ", ".join(view.label(p.value) for p in rule.phases)
    page.text(words(("Phases: ", "dim"), phases or "all"))


# -- conditions ---------------------------------------------------------------------------------


def _clauses(page: Page, clauses: Sequence[api.ClauseDraft], indent: int, marker: str = "") -> None:
    """Clauses that hold together, joined by *and*, the first of them behind a marker."""
    for position, clause in enumerate(clauses):
        joint = "and " if position and clause.keyword != "let" else ""
        _clause(page, clause, joint, indent, marker if position == 0 else "")


def _clause(page: Page, clause: api.ClauseDraft, joint: str, indent: int, marker: str) -> None:
    def start(content: Words) -> None:
        page.item(Text(marker, "dim"), content, indent - len(marker))

    if clause.keyword == "any":
        start(capitalised(f"{joint}at least one of these holds:"))
        for number, alternative in enumerate(clause.alternatives, start=1):
            _clauses(page, alternative, indent + 5, f"{number}. ")
    elif clause.keyword == "let" and clause.be is not None:
        start(words("With ", (clause.head.value, "cyan"), " standing for"))
        _condition(page, clause.be.value, indent)
    elif clause.keyword == "check":
        start(capitalised(f"{joint}it holds that"))
        _condition(page, clause.head.value, indent)
    else:
        named = capitalised(joint + _QUANTIFIERS[clause.keyword].format(clause.head.value))
        start(named + (" where" if clause.where else ""))
        for position, condition in enumerate(clause.where):
            _condition(page, condition.value, indent, "and " if position else "")


def _condition(page: Page, text: str, indent: int, joint: str = "") -> None:
    page.text(words((joint, "dim"), (text, "cyan")), indent + 4, hang=4)


# -- what follows -------------------------------------------------------------------------------


def _risk(page: Page, rule: api.RuleDraft) -> None:
    risk = rule.risk
    if risk is None:
        return
    page.heading("What it says", f"about {risk.about.value}" if risk.about else "")
    page.text(f"Because {risk.cause.value}, {risk.event.value}; {risk.effect.value}.")
    page.blank()
    for name, score, scale in (
        ("Likelihood", risk.likelihood.value, api.LIKELIHOOD),
        ("Impact", risk.impact.value, api.IMPACT),
    ):
        meaning = next((f": {grade.meaning}" for grade in scale if str(grade.score) == score), "")
        page.text(words((f"{name} ", "dim"), score, meaning), hang=2)
    if risk.reason:
        page.text(words(("Reason: ", "dim"), sentence(risk.reason)), hang=2)
    for worse in risk.raises:
        scores = [f"{n} {s}" for n, s in (("likelihood", worse.likelihood), ("impact", worse.impact)) if s is not None]
        page.text(words((f"At least {' and '.join(scores)} when", "bold")))
        _clauses(page, worse.when, indent=2)


def _conclusions(page: Page, rule: api.RuleDraft, vocabulary: Vocabulary) -> None:
    if not rule.concludes:
        return
    page.heading("What it concludes")
    for conclude in rule.concludes:
        name = conclude.relation.value
        title = vocabulary.conclusions.get(name, "")
        page.text(words((name, "cyan"), f": {title}" if title else ""))
        for key, value in conclude.values.values():
            page.text(words(f"{key.value} = ", (value.value, "cyan")), indent=4, hang=4)


def _advice(page: Page, rule: api.RuleDraft, view: View) -> None:
    if not rule.recommends:
        return
    page.heading("What to do")
    for advice in rule.recommends:
        helpers = ", ".join(view.label(h.value) for h in advice.helpers)
        notes = f" ({f'with {helpers}, ' if helpers else ''}{advice.effort} effort)"
        line = words(f"{capitalised(view.label(advice.actor.value))}: ", sentence(advice.action.value), (notes, "dim"))
        page.item(Text("→ ", STYLES["do"]), line)


# -- what it rests on ---------------------------------------------------------------------------


def _settings(page: Page, rule: api.RuleDraft, vocabulary: Vocabulary) -> None:
    used = dict.fromkeys(name for text in _expressions(rule) for name in _SETTING.findall(text))
    found = [vocabulary.settings[name] for name in used if name in vocabulary.settings]
    if not found:
        return
    page.heading("Settings")
    for setting in found:
        value = str(setting.value).lower() if isinstance(setting.value, bool) else str(setting.value)
        page.text(words((setting.name, "cyan"), f" = {value}{f' {setting.unit}' if setting.unit else ''}"))
        page.text(sentence(setting.meaning), indent=2)
        page.text(words((f"Origin: {setting.origin}", "dim")), indent=2)


def _expressions(rule: api.RuleDraft) -> Iterator[str]:
    """Everything in a rule that may name a setting."""
    yield from _in_clauses(rule.when)
    if rule.risk is not None:
        yield rule.risk.likelihood.value
        yield rule.risk.impact.value
        for worse in rule.risk.raises:
            yield from _in_clauses(worse.when)
    for conclude in rule.concludes:
        for _, value in conclude.values.values():
            yield value.value


def _in_clauses(clauses: Iterable[api.ClauseDraft]) -> Iterator[str]:
    for clause in clauses:
        yield clause.head.value
        yield from (condition.value for condition in clause.where)
        if clause.be is not None:
            yield clause.be.value
        for alternative in clause.alternatives:
            yield from _in_clauses(alternative)


def _sources(page: Page, rule: api.RuleDraft, vocabulary: Vocabulary) -> None:
    if not rule.sources:
        return
    page.heading("Sources")
    by_key: dict[str, list[str]] = {}
    for reference in rule.sources:
        by_key.setdefault(reference.value.partition("#")[0], []).append(reference.value)
    for key, references in by_key.items():
        source = vocabulary.sources.get(key)
        if source is not None:
            page.text(_cited(source), hang=2)
        for locator in references:
            page.text(words((locator, "cyan")), indent=2)
        if source is not None and source.url:
            page.text(words((source.url, "dim")), indent=2)


def _cited(source: api.Source) -> str:
    """A publication as a reader would cite it."""
    about = ", ".join(str(part) for part in (source.year, source.language) if part)
    return f"{source.author}{': ' if source.author else ''}{source.title}" + (f" ({about})" if about else "")


def _examples(page: Page, rule: api.RuleDraft) -> None:
    if not rule.examples:
        return
    page.heading("Examples", count(len(rule.examples), "example"))
    for example in rule.examples:
        expect = Text(f"{example.expect:<10}", _EXPECT_STYLES.get(example.expect, ""))
        page.item(expect, example.name, indent=2)
