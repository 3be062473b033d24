"""Engines against each other on random programs, and the promises of the semantics by brute force.

    python -m tests.fuzz --programs 20000 --seed 1

Each program is run over several sets of facts by all engines, for all answers and at times for the
certain ones alone, and whole runs are compared. A share of the programs is completed at random, to
see that knowing more never retracts a finding and never brings one that was not possible. Equal
arguments print the same; the first disagreement is printed in full and ends with exit code 1.
An engine that gives no answer, because it crashed or reached a limit, is counted and listed.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice

from crm_rules.engine.protocol import Engine, Run
from crm_rules.engine.registry import FOREIGN_ENGINES, engine_named, installed_engines
from crm_rules.errors import EngineError, LimitReached, RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from tests.engine.choices import Choices, Seeded
from tests.engine.knowledge import Comparison
from tests.engine.random_cases import MONOTONE, Case, counted, described, random_case
from tests.engine.random_facts import DEGREES, NOTHING_UNKNOWN, random_completion, random_facts

FACTS = 2
"""Sets of facts each program is run over."""

CERTAIN_ONLY = 5
"""Every so many programs, the certain answers alone are asked for as well."""

COMPLETED = 8
"""Every so many programs, the facts are completed."""

COMPLETIONS = 6
"""Completions of the facts of one program."""


@dataclass(slots=True)
class Tally:
    """What was seen.

    Attributes:
        counts: how often what was seen.
        compared: runs compared of each pair of engines.
        unanswered: runs that an engine did not answer, a line each.
        failure: the first disagreement in words.
    """

    counts: Counter[str] = field(default_factory=Counter)
    compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    failure: str = ""

    def lines(self) -> Iterator[str]:
        """The counts, a line each."""
        for what in (
            "programs",
            "rejected",
            "programs that fire",
            "rules",
            "strata",
            "recursive programs",
            "negations",
            "aggregates",
            "certain firings",
            "possible firings",
            "completions",
            "limits reached",
            "crashes",
            "disagreements",
        ):
            yield f"{what:>20} {self.counts[what]:>12,}"
        for (one, other), runs in self.compared.items():
            yield f"{runs:>33,} runs of {one} and {other} compared"
        yield from self.unanswered


def fuzz(engines: Sequence[Engine], seed: int, numbers: range, seconds: float | None = None) -> Tally:
    """Compare engines on the programs with the given numbers, until one disagrees or the time is over."""
    tally = Tally()
    end = None if seconds is None else time.monotonic() + seconds
    for number in numbers:
        if end is not None and time.monotonic() > end:
            break
        failure = _program(engines, seed, number, tally)
        if failure:
            tally.counts["disagreements"] += 1
            tally.failure = f"program {number} of seed {seed}: {failure}"
            break
        _progress(number - numbers.start + 1, len(numbers))
    return tally


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and done % 100 == 0:
        sys.stderr.write(f"\r{done:,} of {of:,} programs")
        sys.stderr.flush()


def _program(engines: Sequence[Engine], seed: int, number: int, tally: Tally) -> str:
    """Try one program; returns what is wrong with it."""
    counts = tally.counts
    choices = Seeded(seed * 1_000_003 + number)
    complete = number % COMPLETED == 0
    case = random_case(choices, MONOTONE) if complete else random_case(choices)
    try:
        program = case.program
    except RulesetError:
        counts["rejected"] += 1
        return ""
    except Exception:  # noqa: BLE001 - whatever goes wrong is what this looks for
        return f"the checker failed\n{described(case)}\n{traceback.format_exc()}"
    in_program = counted(program)
    counts += in_program
    counts["programs"] += 1
    counts["recursive programs"] += in_program["recursive strata"] > 0
    fires = False
    for again in range(FACTS):
        tried = case if not again else replace(case, facts=_other_facts(choices, case, complete))
        before: Run | None = None
        for possible in (True, False) if number % CERTAIN_ONLY == 1 else (True,):
            try:
                runs = list(_answers(engines, program, tried.facts, possible, number, tally))
            except Exception:  # noqa: BLE001
                return f"an engine failed\n{described(tried)}\n{traceback.format_exc()}"
            for other in runs[1:]:
                difference = _difference(runs[0], other)
                if difference:
                    return f"{difference}\n{described(tried)}"
            # Runs that equal the first equal each other.
            tally.compared.update(combinations((r.engine for r in runs), 2))
            if possible and runs:
                before = runs[0]
                counts["certain firings"] += len(runs[0].certain_records)
                counts["possible firings"] += len(runs[0].possible_records)
                fires = fires or bool(runs[0].certain_records or runs[0].possible_records)
        if complete and before is not None:
            engine = next(e for e in engines if e.name == before.engine)
            failure = _completions(engine, program, before, choices, number, tally)
            if failure:
                return f"{failure}\n{described(tried)}"
    counts["programs that fire"] += fires
    return ""


def _answers(
    engines: Sequence[Engine], program: Program, facts: FactBase, possible: bool, number: int, tally: Tally
) -> Iterator[Run]:
    """The runs of those engines that give an answer."""
    for engine in engines:
        try:
            yield engine.run(program, facts, possible=possible)
        except EngineError as error:
            tally.counts["limits reached" if isinstance(error, LimitReached) else "crashes"] += 1
            tally.unanswered.append(f"program {number}: {engine.name}: {error}")


def _other_facts(choices: Choices, case: Case, gaps: bool) -> FactBase:
    degrees = [d for d in DEGREES if not (gaps and d == NOTHING_UNKNOWN)]
    return random_facts(choices, case.schema, choices.pick(degrees))


def _difference(one: Run, other: Run) -> str:
    found = one.differences(other)
    if not found:
        return ""
    what = "all answers" if one.complete else "certain answers"
    lines = [f"{one.engine} and {other.engine} differ, asked for {what}"]
    for about, here, there in islice(found, 6):
        lines.append(f"  {about}: {one.engine} {here}, {other.engine} {there}")
    return "\n".join(lines)


def _completions(engine: Engine, program: Program, before: Run, choices: Choices, number: int, tally: Tally) -> str:
    for _ in range(COMPLETIONS):
        facts = random_completion(choices, before.facts)
        for after in _answers((engine,), program, facts, True, number, tally):
            tally.counts["completions"] += 1
            broken = _broken_promise(before, after)
            if broken:
                return f"{broken}\nwith the facts completed to\n{described(Case((), facts))}\nfrom"
    return ""


def _broken_promise(before: Run, after: Run) -> str:
    comparison = Comparison(before, after)
    for what, found in (
        ("certain before, and not certain when more is known", comparison.retracted()),
        ("found when more is known, and not possible before", comparison.unforeseen()),
        ("only possible although nothing is unknown", [f for f in after.firings() if not f.certain]),
    ):
        if found:
            return f"{what}: {found[0]}"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Compare the engines on random programs.")
    parser.add_argument("--programs", type=int, default=20_000, help="how many programs (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, help="which programs (default: 1)")
    parser.add_argument("--first", type=int, default=0, help="number of the first program (default: 0)")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds")
    parser.add_argument("--engines", default=",".join(installed_engines()), help="names, separated by commas")
    options = parser.parse_args(arguments)
    names = options.engines.split(",")
    tally = fuzz(
        [engine_named(n, isolated=n in FOREIGN_ENGINES) for n in names],
        options.seed,
        range(options.first, options.first + options.programs),
        options.seconds,
    )
    write = sys.stdout.write
    write(f"seed {options.seed}, engines {', '.join(names)}\n")
    write("".join(f"{line}\n" for line in tally.lines()))
    if tally.failure:
        write(f"\n{tally.failure}\n")
        return 1
    idle = [pair for pair in combinations(names, 2) if not tally.compared[pair]]
    for one, other in idle:
        write(f"\nno run of {one} and {other} was compared\n")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
