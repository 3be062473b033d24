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
from tests.bench.timing import SLOW_ROUNDS, contest, duration, show, table

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "troubled-rollout" / "project.yaml"

VALIDATED: Final = "project file to validated project"
TREE: Final = "  of which YAML to a tree"
FACTS: Final = "schedule and facts"
RUN: Final = "run"
READ: Final = "findings, questions and advice"
DERIVED: Final = "  of which derivations of all that is certain"
JSON: Final = "besides, the assessment as JSON"


def bench(rounds: int) -> None:
    """Measure and print."""
    assessor = Assessor()
    engine, program = assessor.engine, assessor.program
    project = load_project(EXAMPLE)
    facts, roadmap = project_facts(project, program.schema, assessor.orderings)
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
            TREE: parse,
            VALIDATED: lambda: load_project(EXAMPLE),
            FACTS: lambda: project_facts(project, program.schema, assessor.orderings),
            RUN: lambda: engine.run(program, facts),
            READ: lambda: assessor.read(project, roadmap, engine.run(program, facts)),
            DERIVED: derive,
            JSON: assessment.to_json,
        },
        min(rounds, SLOW_ROUNDS),
    )
    seconds = {name: times.seconds(name) for name in times.taken}
    # Reading starts from a fresh run each time, as a run keeps what was once worked out about it.
    run_and_read, seconds[READ] = seconds[READ], seconds[READ] - seconds[RUN]
    total = seconds[VALIDATED] + seconds[FACTS] + run_and_read
    stated = sum(len(e.rows) for e in facts.extensions.values())
    show("The whole way of the troubled example")
    show(
        f"{stated} facts, {len(program.rules)} rules, {len(certain)} certain and {len(run.possible_records)} possible "
        f"firings, {len(assessment.findings)} findings, {len(assessment.questions)} questions"
    )
    rows = [
        (name, duration(seconds[name]), f"{seconds[name] / total:.0%}" if name in (VALIDATED, FACTS, RUN, READ) else "")
        for name in (VALIDATED, TREE, FACTS, RUN, READ, DERIVED)
    ]
    table(("", "time", "share"), [*rows, ("altogether", duration(total), "100%"), (JSON, duration(seconds[JSON]), "")])
    ratio = times.ratio(READ, VALIDATED)
    show(f"  From facts to findings takes {ratio:.2f} times as long as reading and validating the project.")
    show()
