"""The part of the text report for whoever has to decide: verdict, conclusions, advice, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import Final

from rich.text import Text

from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import Conclusion
from crm_rules.assessment.scales import LEVEL_ORDER, Level, level_of
from crm_rules.explain.narration import date_text, listing
from crm_rules.report.grouping import Advice, group_questions, group_recommendations, possible_risks, subjects
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, WORST_FIRST, be, by_level, capitalised, count, sentence, shortened
from crm_rules.report.view import View

MOST_CONCLUSIONS: Final = 4
MOST_ADVICE: Final = 10
MOST_QUESTIONS: Final = 10
MOST_NAMES: Final = 4

DEEPEST: Final = 12
"""Most columns by which a chain of reasons is indented."""

VERDICTS: Final[dict[Level, str]] = {
    "critical": "The project is in danger.",
    "high": "The project has serious problems.",
    "medium": "The project is on course, with weaknesses worth mending.",
    "low": "The project is on course, with blemishes.",
}
"""What the highest level among the certain findings means for the project as a whole."""


def title(page: Page, assessment: Assessment, view: View) -> None:
    """What was assessed, as of when, with which knowledge."""
    phase = assessment.project.get("phase")
    about = [
        f"{view.label(phase)} phase" if phase else "phase not stated",
        f"as of {date_text(assessment.as_of)}" if assessment.as_of else "no date stated",
        f"pack {assessment.pack.name} {assessment.pack.version}",
    ]
    page.text(words((assessment.project.get("name") or "CRM project without a name", "bold")))
    page.text(words((" · ".join(about), "dim")))
    files = sorted({place.file for place in assessment.run.facts.origin.places.values()})
    if files:
        page.text(words((", ".join(files), "dim")))


def verdict(page: Page, assessment: Assessment, _: View) -> None:
    """One sentence for the project as a whole, and the counts behind it."""
    risks, possible = assessment.risks, possible_risks(assessment)
    page.blank()
    page.text(_verdict(assessment))
    if risks:
        certain = f"{count(len(risks), 'finding')} {be(len(risks))} certain: {by_level(risks)}."
        late = sum(f.late for f in risks)
        if late:
            certain += f" {late:,} should have been settled in an earlier phase."
        page.text(certain)
    if possible:
        number = len(possible)
        more = f"{number:,} more" if risks else count(number, "finding")
        asked = count(sum(bool(q.decides) for q in assessment.questions), "open question")
        page.text(f"{more} {be(number)} possible; {asked} would decide {'it' if number == 1 else 'them'}.")
    elif risks and not assessment.questions:
        page.text("No question is open.")
    families = sorted({f.family for f in (*risks, *possible)})
    if len(families) > 1:
        page.blank()
        _matrix(page, families, assessment)


def _verdict(assessment: Assessment) -> Text:
    if assessment.risks:
        worst = max((f.level for f in assessment.risks), key=LEVEL_ORDER.index)
        return words((VERDICTS[worst], STYLES[worst] if worst in ("critical", "high") else "bold"))
    if possible_risks(assessment):
        return words(("Nothing is certain yet: too little is known of the project.", "bold"))
    return words(("The rules have nothing to say against the project.", "bold"))


def _matrix(page: Page, families: Sequence[str], assessment: Assessment) -> None:
    """How many findings each family has of each level."""
    columns = (*WORST_FIRST, "possible")
    counts: Counter[tuple[str, str]] = Counter((f.family, f.level) for f in assessment.risks)
    counts.update((f.family, "possible") for f in possible_risks(assessment))
    first = min(max(len(f) for f in families), 30)
    if page.width < first + 2 + 10 * len(columns):
        return
    page.row(" " * first, *((f"{c:>10}", "dim") for c in columns), indent=2)
    for family in families:
        numbers = [(counts[family, c], c) for c in columns]
        cells = [(f"{n:>10,}", STYLES.get(c, "")) if n else (f"{'·':>10}", "dim") for n, c in numbers]
        page.row(f"{family[:first]:<{first}}", *cells, indent=2)


# -- conclusions --------------------------------------------------------------------------------


def top_conclusions(page: Page, assessment: Assessment, view: View) -> None:
    """The conclusions that say most about the project, each with its strongest support."""
    certain = [c for c in assessment.conclusions if c.certainty == "certain"]
    if not certain:
        return
    page.heading("What it comes to")
    shown = certain if view.everything else certain[:MOST_CONCLUSIONS]
    explained: set[str] = set()
    for conclusion in shown:
        page.text(words((conclusion.title, "bold")))
        page.text(sentence(conclusion.sentence), indent=2)
        _chain(page, conclusion, assessment, explained)
        explained.update(conclusion.chain)
        page.blank()
    if len(shown) < len(certain):
        page.text(words((f"{count(len(certain) - len(shown), 'more conclusion')} at the end.", "dim")))


def _chain(page: Page, conclusion: Conclusion, assessment: Assessment, explained: Container[str]) -> None:
    """Why, one step per line, down to the finding at the end of the strongest support or to what was explained."""
    titles = {c.name: c.title for c in assessment.conclusions}
    findings = {f.id: f for f in assessment.findings}
    for depth, step in enumerate(conclusion.chain[1:]):
        firing = assessment.firings.get(step)
        name = assessment.run.program.rule(firing.rule).title if firing else titles.get(step, step)
        about = listing(subjects([findings[step]])) if step in findings else ""
        again = not firing and step in explained
        line = words(name, f": {about}" if about else "", (" (see above)" if again else "", "dim"))
        # Each step is the reason for the one above it, not one more reason for the first.
        page.item(Text("because ", "dim"), line, indent=2 + min(depth, DEEPEST))
        if again:
            break
    if conclusion.weight > 1:
        worst = level_of(conclusion.exposure)
        page.text(words((f"rests on {conclusion.weight:,} findings, the worst of them {worst}", "dim")), indent=2)


def all_conclusions(page: Page, assessment: Assessment, _: View) -> None:
    """Every conclusion in a line."""
    certain = [c for c in assessment.conclusions if c.certainty == "certain"]
    possible = [c for c in assessment.conclusions if c.certainty == "possible"]
    if not certain and not possible:
        return
    page.heading("Conclusions", f"{len(certain):,} certain, {len(possible):,} possible")
    for conclusion in certain:
        rests = count(conclusion.weight, "finding") if conclusion.weight else ""
        page.pair(conclusion.title, words((rests, "dim")), indent=2, hang=2)
    if possible:
        page.blank()
        titles = dict.fromkeys(c.title for c in possible)
        page.text(words(("Possible: ", "dim"), "; ".join(titles), "."), indent=2)


# -- what to do and to ask ----------------------------------------------------------------------


def advice(page: Page, assessment: Assessment, view: View) -> None:
    """What to do first, by who has to act; the numbers give the order."""
    groups = group_recommendations(assessment)
    if not groups:
        return
    shown = groups if view.everything else groups[:MOST_ADVICE]
    numbered = list(enumerate(shown, start=1))
    page.heading("What to do first", "numbered by the exposure it addresses")
    for actor in dict.fromkeys(g.first.actor for g in shown):
        page.text(words((capitalised(view.label(actor)), "bold")))
        for number, group in numbered:
            if group.first.actor == actor:
                page.item(f"{number:>2}. ", _advice(group, view))
        page.blank()
    _left_over(page, sum(len(g.members) for g in groups[len(shown) :]), "more recommendation")


def _advice(group: Advice, view: View) -> Text:
    line = words(sentence(group.first.action))
    if group.likewise:
        line.append_text(words(f" Likewise for {shortened(group.likewise, MOST_NAMES)}."))
    helpers = listing([view.label(h) for h in group.first.helpers])
    notes = [f"with {helpers}"] if helpers else []
    notes += [f"{group.first.effort} effort", f"exposure {group.exposure:,}"]
    return line.append_text(words((f" ({', '.join(notes)})", "dim")))


def questions(page: Page, assessment: Assessment, view: View) -> None:
    """What to ask first, with where to write the answer and what it would decide."""
    groups = group_questions(assessment)
    if not groups:
        return
    shown = groups if view.everything else groups[:MOST_QUESTIONS]
    page.heading("What to ask first", "in the order of the exposure the answer decides")
    for number, group in enumerate(shown, start=1):
        line = words(group.first.text)
        if group.likewise:
            line.append_text(words(f" Likewise for {shortened(group.likewise, MOST_NAMES)}."))
        page.item(f"{number:>2}. ", line)
        decided = f"decides {count(len(group.decides), 'finding')}" if group.decides else "confirms what was guessed"
        page.pair(words((group.first.path, "cyan")), words((decided, "dim")), indent=4)
    _left_over(page, sum(len(g.members) for g in groups[len(shown) :]), "more question")


def _left_over(page: Page, number: int, noun: str) -> None:
    if number > 0:
        page.blank()
        page.text(words((f"{count(number, noun)} with --all.", "dim")))


# -- the end ------------------------------------------------------------------------------------


def closing(page: Page, assessment: Assessment, view: View) -> None:
    """The counts once more, for whoever sees only the last lines, and where to read on."""
    page.blank()
    risks, possible = assessment.risks, possible_risks(assessment)
    counted = [by_level(risks) or "no findings"]
    if possible:
        counted.append(f"{len(possible):,} possible")
    if assessment.questions:
        counted.append(count(len(assessment.questions), "question"))
    page.text(words((f"{assessment.pack.name} {assessment.pack.version}: ", "dim"), "; ".join(counted), "."))
    if risks:
        more = [] if view.everything else ["--all for everything in full"]
        more += ["crm-rules rules show RULE for what is behind a rule", "--format json for programs"]
        page.text(words((f"To see more: {', '.join(more)}.", "dim")))
