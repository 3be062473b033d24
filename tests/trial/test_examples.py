"""Examples run on every engine, and whatever is wrong with an answer fails them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.engine import registry
from crm_rules.engine.protocol import Limits, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError, RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from crm_rules.trial.coverage import EXAMPLE_LIMITS
from crm_rules.trial.examples import run_examples
from crm_rules.trial.results import Outcome, TrialReport, Uncovered
from tests.files.pack_helpers import shown
from tests.trial.packs import pack, rule, write

OPEN = rule(
    "- each: b in bridges\n  where: b.open",
    """
    {name: open, given: {bridges: [{id: a, open: false}, {id: b, open: true}]}, expect: fires}
    {name: closed, given: {bridges: [{id: b, open: false}]}, expect: silent}
    {name: unclear, given: {bridges: [{id: a, open: false}, {id: b}]}, expect: possible}
    {name: clear and unclear, given: {bridges: [{id: a, open: true}, {id: b}]}, expect: fires}
    {name: no bridges, given: {}, expect: silent}
    {name: no bridges known, unlisted: unknown, given: {}, expect: possible}
    {name: more bridges, given: {bridges: [{id: b, open: false}], incomplete: [bridges]}, expect: possible}
    """,
)
RICH = rule(
    "- check: city.rich",
    """
    {name: rich, given: {city: {rich: true}}, expect: fires}
    {name: poor, given: {city: {rich: false}}, expect: silent}
    """,
)


def answers(report: TrialReport) -> dict[tuple[str, str, str], str | None]:
    return {(o.rule, o.example, o.engine): o.actual for o in report.outcomes}


def failures(report: TrialReport) -> list[tuple[str, str, str, str]]:
    return [(o.rule, o.example, o.engine, o.failure) for o in report.outcomes if not o.passed]


# --- what happens ------------------------------------------------------------------------------------------


def test_examples_run_on_every_engine(tmp_path: Path) -> None:
    report = run_examples(pack(tmp_path, {"a.open": OPEN, "b.rich": RICH}))
    expected = {
        "open": "fires",
        "closed": "silent",
        "unclear": "possible",
        "clear and unclear": "fires",
        "no bridges": "silent",
        "no bridges known": "possible",
        "more bridges": "possible",
    }
    engines = registry.installed_engines()
    assert list(answers(report).items()) == [
        *((("a.open", name, engine), actual) for name, actual in expected.items() for engine in engines),
        *((("b.rich", "rich", engine), "fires") for engine in engines),
        *((("b.rich", "poor", engine), "silent") for engine in engines),
    ]
    assert report.passed
    assert (report.rules, report.examples, report.problems, report.uncovered) == (2, 9, (), ())


def test_a_rule_that_does_something_else_fails(tmp_path: Path) -> None:
    rules = {"a.open": OPEN.replace("name: closed", "name: shut").replace("{id: b, open: false}", "{id: b}")}
    report = run_examples(pack(tmp_path, rules), engines=["compiled"])
    assert not report.passed
    assert failures(report) == [
        ("a.open", "shut", "compiled", "expected silent, found possible"),
    ]
    (failed,) = (o for o in report.outcomes if not o.passed)
    assert failed.place == Span(str(tmp_path / "a" / "open.yaml"), 15, 12, 4)


def test_the_whole_program_runs(tmp_path: Path) -> None:
    loud = rule(
        "- check: raised('a.open')",
        """
        {name: open, given: {bridges: [{id: b, open: true}]}, expect: fires}
        {name: closed, given: {bridges: [{id: b, open: false}]}, expect: silent}
        {name: unclear, given: {bridges: [{id: b}]}, expect: possible}
        """,
    )
    report = run_examples(pack(tmp_path, {"a.open": OPEN, "b.loud": loud}), rules=["b.loud"])
    assert report.passed
    assert {o.rule for o in report.outcomes} == {"b.loud"}


def test_the_bundled_vocabulary_comes_with_a_path(tmp_path: Path) -> None:
    text = rule(
        "- each: p in team\n  where: p.operational_load > 0.5",
        """
        {name: busy, given: {team: [{id: ann, operational_load: 0.6}]}, expect: fires}
        {name: free, given: {team: [{id: ann, operational_load: 0.5}]}, expect: silent}
        """,
    )
    report = run_examples(write(tmp_path, {"a.busy": text}, facts="{}", conclusions="{}"))
    assert (report.passed, len(report.outcomes)) == (True, 2 * len(registry.installed_engines()))


# --- what to run -------------------------------------------------------------------------------------------


def test_engines_run_in_the_order_named(tmp_path: Path) -> None:
    loaded = pack(tmp_path, {"b.rich": RICH})
    report = run_examples(loaded, engines=["reference", "compiled"])
    assert [o.engine for o in report.outcomes] == ["reference", "compiled"] * 2
    assert [o.engine for o in run_examples(loaded, engines=["reference"]).outcomes] == ["reference"] * 2


def test_without_an_engine_examples_are_only_read(tmp_path: Path) -> None:
    loaded = pack(tmp_path, {"b.rich": RICH.replace("{rich: true}", "{rich: very}")})
    report = run_examples(loaded, engines=())
    assert [p.message for p in report.problems] == ["expected true or false, found text 'very'"]
    assert (report.outcomes, report.uncovered, report.mutants, report.examples) == ((), (), 0, 2)


def test_an_engine_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no engine 'compield'; did you mean 'compiled'"):
        run_examples(pack(tmp_path, {"b.rich": RICH}), engines=["compield"])


def test_drafts_do_not_run(tmp_path: Path) -> None:
    draft = RICH.replace("kind: risk", "kind: risk\nstatus: draft")
    loaded = pack(tmp_path, {"a.open": OPEN, "b.rich": draft})
    assert {o.rule for o in run_examples(loaded).outcomes} == {"a.open"}
    with pytest.raises(RulesetError) as error:
        run_examples(loaded, rules=["b.rich", "a.opem", "a.open", "b.rich"])
    assert str(error.value) == shown(
        """
        rule 'b.rich' is a draft and does not run
          set its status to active
        there is no rule 'a.opem'
          did you mean 'a.open'?
        """
    )


def test_a_pack_with_errors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="city has no field 'rish'"):
        run_examples(pack(tmp_path, {"b.rich": RICH.replace("city.rich", "city.rish")}))


def test_coverage_can_be_left_out(tmp_path: Path) -> None:
    text = rule("- each: b in bridges\n  where: [b.open, b.span > 5]", FEW)
    loaded = pack(tmp_path, {"a.rule": text})
    with_coverage, without = run_examples(loaded), run_examples(loaded, coverage=False)
    assert (with_coverage.passed, with_coverage.mutants) == (False, 6)
    assert (without.passed, without.mutants, without.uncovered) == (True, 0, ())
    assert with_coverage.outcomes == without.outcomes


FEW = """
{name: open, given: {bridges: [{id: b, open: true, span: 20}]}, expect: fires}
{name: closed, given: {bridges: [{id: b, open: false, span: 20}]}, expect: silent}
"""


def test_progress_counts_examples_and_changes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = run_examples(pack(tmp_path, {"b.rich": RICH}), progress=lambda done, total: seen.append((done, total)))
    assert report.mutants == 2
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_trial_is_repeatable(tmp_path: Path) -> None:
    loaded = pack(tmp_path, {"a.open": OPEN, "b.rich": RICH})
    assert run_examples(loaded) == run_examples(loaded)


# --- engines that cannot be believed -----------------------------------------------------------------------


class Forgetful(ReferenceEngine):
    """Finds nothing for certain."""

    name = "forgetful"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        return replace(
            super().run(program, facts, possible=possible, limits=limits), engine=self.name, certain_records=[]
        )


class Rash(ReferenceEngine):
    """Takes what is possible for certain."""

    name = "rash"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        run = super().run(program, facts, possible=possible, limits=limits)
        certain = [*run.certain_records, *run.possible_records]
        return replace(run, engine=self.name, certain_records=certain, possible_records=[])


class Weary(ReferenceEngine):
    """Gives up."""

    name = "weary"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        raise EngineError("more than 3 firings (limit: firings)")


@pytest.fixture
def strange_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    engines: list[type[ReferenceEngine]] = [Forgetful, Rash, Weary]
    monkeypatch.setattr(registry, "ENGINES", {**registry.ENGINES, **{e.name: e for e in engines}})


@pytest.mark.usefixtures("strange_engines")
def test_all_installed_engines_run_unless_some_are_named(tmp_path: Path) -> None:
    report = run_examples(pack(tmp_path, {"b.rich": RICH}), coverage=False)
    assert [o.engine for o in report.outcomes] == [*registry.installed_engines()] * 2
    assert {"rash", "weary"} < set(registry.installed_engines())


@pytest.mark.usefixtures("strange_engines")
def test_engines_that_disagree_fail_the_example_for_the_later_one(tmp_path: Path) -> None:
    loaded = pack(tmp_path, {"a.open": OPEN, "b.rich": RICH})
    report = run_examples(loaded, engines=["reference", "forgetful"], rules=["b.rich"], coverage=False)
    assert failures(report) == [
        ("b.rich", "rich", "forgetful", "expected fires, found silent; only reference finds b.rich certain"),
    ]
    report = run_examples(loaded, engines=["forgetful", "compiled"], rules=["b.rich"], coverage=False)
    assert failures(report) == [
        ("b.rich", "rich", "forgetful", "expected fires, found silent"),
        ("b.rich", "rich", "compiled", "only compiled finds b.rich certain"),
    ]


@pytest.mark.usefixtures("strange_engines")
def test_engines_have_to_agree_on_the_whole_run(tmp_path: Path) -> None:
    rich = RICH.replace("city: {rich: true}", "city: {rich: true}, bridges: [{id: a, open: true}, {id: b, open: true}]")
    loaded = pack(tmp_path, {"a.open": OPEN, "b.rich": rich, "c.warned": RICH.replace("city.rich", "city.large")})
    report = run_examples(loaded, engines=["reference", "forgetful"], rules=["b.rich"], coverage=False)
    (outcome,) = (o for o in report.outcomes if not o.passed)
    assert outcome.problems == (
        "only reference finds a.open certain for bridges[a]",
        "only reference finds a.open certain for bridges[b]",
        "only reference finds b.rich certain",
    )


@pytest.mark.usefixtures("strange_engines")
def test_few_differences_stand_for_many(tmp_path: Path) -> None:
    bridges = ", ".join(f"{{id: b{i}, open: true}}" for i in range(5))
    rich = RICH.replace("city: {rich: true}", f"city: {{rich: true}}, bridges: [{bridges}]")
    loaded = pack(tmp_path, {"a.open": OPEN, "b.rich": rich})
    report = run_examples(loaded, engines=["reference", "forgetful"], rules=["b.rich"], coverage=False)
    (outcome,) = (o for o in report.outcomes if not o.passed)
    assert outcome.problems == (
        *(f"only reference finds a.open certain for bridges[b{i}]" for i in range(3)),
        "3 more differences between the two",
    )


@pytest.mark.usefixtures("strange_engines")
def test_an_answer_that_does_not_stand_up_fails(tmp_path: Path) -> None:
    report = run_examples(pack(tmp_path, {"a.open": OPEN}), engines=["rash"], coverage=False)
    row = "(('b', 'b', None, None, None, None, None, None, None, (), None),)"
    wrong = f"a.open: it is reported as certain for {row}, and is only possible"
    assert {example: failure for _, example, _, failure in failures(report)}["unclear"] == (
        f"expected possible, found fires; {wrong}"
    )
    # The rule does what is expected here, but another of its firings is wrong.
    assert {example: failure for _, example, _, failure in failures(report)}["clear and unclear"] == wrong


@pytest.mark.usefixtures("strange_engines")
def test_an_engine_that_gives_up_fails_and_others_are_compared_without_it(tmp_path: Path) -> None:
    loaded = pack(tmp_path, {"b.rich": RICH})
    report = run_examples(loaded, engines=["weary", "compiled", "forgetful"], coverage=False)
    assert failures(report) == [
        ("b.rich", "rich", "weary", "more than 3 firings (limit: firings)"),
        ("b.rich", "rich", "forgetful", "expected fires, found silent; only compiled finds b.rich certain"),
        ("b.rich", "poor", "weary", "more than 3 firings (limit: firings)"),
    ]
    assert [o.actual for o in report.outcomes if o.engine == "weary"] == [None, None]


def test_a_recursion_without_end_fails_its_example_soon_on_every_engine(tmp_path: Path) -> None:
    start = rule(
        "- each: b in bridges\n  where: b.open",
        "{name: open, given: {bridges: [{id: b, open: true}]}, expect: fires}\n"
        "{name: closed, given: {bridges: [{id: b, open: false}]}, expect: silent}",
        head="kind: conclusion",
        then="then:\n  conclude:\n    reached: {about: b.id, steps: 1}\n",
    )
    longer = rule(
        "- each: r in reached",
        "{name: open, given: {bridges: [{id: b, open: true}]}, expect: fires}\n"
        "{name: closed, given: {bridges: [{id: b, open: false}]}, expect: silent}",
        head="kind: conclusion",
        then="then:\n  conclude:\n    reached: {about: r.about, steps: r.steps + 1}\n",
    )
    report = run_examples(pack(tmp_path, {"r.longer": longer, "r.start": start}), coverage=False)
    wrong = f"a recursive stratum took more than {EXAMPLE_LIMITS.rounds:,} rounds (limit: rounds)"
    assert failures(report) == [
        (rule_id, "open", engine, wrong)
        for rule_id in ("r.longer", "r.start")
        for engine in registry.installed_engines()
    ]


# --- reports -----------------------------------------------------------------------------------------------

GOOD = Outcome("a.open", "open", "compiled", "fires", "fires")


@pytest.mark.parametrize(
    ("report", "passed"),
    [
        (TrialReport((GOOD,), (), (), 1, 1, 0), True),
        (TrialReport((GOOD, replace(GOOD, actual="silent")), (), (), 1, 2, 0), False),
        (TrialReport((GOOD, replace(GOOD, problems=("wrong",))), (), (), 1, 2, 0), False),
        (TrialReport((GOOD,), (Uncovered("a.open", "b.open", None, "removal"),), (), 1, 1, 1), False),
        (TrialReport((GOOD,), (), (Diagnostic("a mistake"),), 1, 2, 0), False),
    ],
)
def test_what_passes(report: TrialReport, passed: bool) -> None:
    assert report.passed is passed
