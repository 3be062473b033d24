"""The whole way of the troubled example: from the text of the project file to the assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crm_rules.api import Assessor, load_project, project_facts
from crm_rules.diagnostics import Diagnostic
from crm_rules.errors import ProjectError
from crm_rules.explain.derivation import Explainer
from crm_rules.files.text import DEFAULT_LIMITS, read_source
from crm_rules.files.yaml_text import parse_yaml
from tests.bench.timing import contest, duration, show, table

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "troubled-rollout" / "project.yaml"

SLOW_ROUNDS: Final = 9
"""Measurements of work that takes milliseconds."""


def bench(rounds: int) -> None:
    """Measure and print."""
    assessor = Assessor()
    engine, program = assessor.engine, assessor.program
    project = load_project(EXAMPLE)
    facts, roadmap = project_facts(project, program.schema)
    run = engine.run(program, facts)
    assessment = assessor.read(project, roadmap, run)
    certain = [f for f in run.firings() if f.certain]

    def parse() -> None:
        problems: list[Diagnostic] = []
        parse_yaml(read_source(EXAMPLE, ProjectError, DEFAULT_LIMITS), problems, DEFAULT_LIMITS)

    def derive() -> None:
        explainer = Explainer(run)
        for firing in certain:
            explainer.derivation(firing)

    times = contest(
        {
            "YAML to tree": parse,
            "YAML to validated project": lambda: load_project(EXAMPLE),
            "schedule and facts": lambda: project_facts(project, program.schema),
            "run": lambda: engine.run(program, facts),
            "findings, questions, advice": lambda: assessor.read(project, roadmap, engine.run(program, facts)),
            "derivations of everything certain": derive,
            "JSON": assessment.to_json,
        },
        min(rounds, SLOW_ROUNDS),
    )
    # A run keeps what was once computed about it, so that the reading is measured with a fresh one.
    times["findings, questions, advice"] -= times["run"]
    stages = ("YAML to validated project", "schedule and facts", "run", "findings, questions, advice")
    total = sum(times[stage] for stage in stages)
    stated = sum(len(e.rows) for e in facts.extensions.values())
    show("The whole way of the troubled example")
    show(
        f"{stated} facts, {len(program.rules)} rules, {len(certain)} certain and {len(run.possible_records)} possible "
        f"firings, {len(assessment.findings)} findings, {len(assessment.questions)} questions"
    )
    part_of = {"YAML to tree": stages[0], "derivations of everything certain": stages[3]}
    rows = []
    for stage, seconds in times.items():
        if stage in stages:
            rows.append((stage, duration(seconds), f"{seconds / total:.0%}"))
        elif stage in part_of:
            rows.append(
                (f"  {stage} (part of the {'next' if stage == 'YAML to tree' else 'one above'})", duration(seconds), "")
            )
    rows.append(("altogether", duration(total), "100%"))
    rows.append(("besides: JSON of the assessment", duration(times["JSON"]), ""))
    table(("", "time", "share"), rows)
    after = sum(times[stage] for stage in stages[2:])
    show(f"  From facts to findings takes {after / times[stages[0]]:.2f} times as long as reading and validating.")
    show()
