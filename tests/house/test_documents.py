"""What the documents tell people to type works, and what they show is what comes of it."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

import crm_rules as cr
from crm_rules.cli.app import run
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.session import Session
from tests.cli.calling import TROUBLED, call

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(file: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [text for named, text in FENCE.findall((ROOT / file).read_text("utf-8")) if named == language]


def commands() -> Iterator[tuple[str, str]]:
    """Each command line about a plan, with the document it stands in."""
    for file in ("README.md", "docs/roadmap.md"):
        for block in blocks(file, "sh"):
            for line in block.splitlines():
                if line.startswith("crm-rules "):
                    yield file, line


COMMANDS = list(commands())


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)


def test_both_documents_have_commands() -> None:
    assert {file for file, _ in COMMANDS} == {"README.md", "docs/roadmap.md"}
    assert all(language for language, _ in FENCE.findall((ROOT / "docs/roadmap.md").read_text("utf-8")))


@pytest.mark.parametrize(("file", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_commands_run(file: str, line: str, tmp_path: Path) -> None:
    arguments = shlex.split(line, comments=True)[1:]
    for option, package in (("--simulate", "numpy"), (".svg", "matplotlib"), (".png", "matplotlib")):
        if any(a.endswith(option) for a in arguments):
            pytest.importorskip(package)
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    code = run(arguments, Session(out=out, err=err))
    # The plan goes live too early, which is found unless nothing is to fail.
    assert code == (ExitCode.OK if "never" in arguments else ExitCode.FOUND), file
    written = [arguments[i + 1] for i, a in enumerate(arguments) if a == "-o"]
    assert {p.name for p in tmp_path.iterdir()} == {"examples", *written}
    assert all(Path(name).stat().st_size for name in written)


def test_the_program_of_the_readme_runs() -> None:
    (code,) = blocks("README.md", "python")
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - text of our own
    assert "critical A decision-maker at the top does not back the project" in out.getvalue()


def test_the_project_of_the_readme_says_what_the_readme_says() -> None:
    (text,) = blocks("README.md", "yaml")
    assessment = cr.assess(cr.parse_project(text, "README.md"))
    # A list that is empty was looked for; one that has more than is listed is asked about.
    assert "governance.no-sponsor" in {f.rule for f in assessment.risks}
    assert any(q.path == "team" for q in assessment.questions)


def test_the_finding_of_the_readme_is_in_the_report() -> None:
    (shown,) = blocks("README.md", "text")
    lines = call("assess", TROUBLED).out.splitlines()
    assert [line for line in shown.splitlines() if line not in lines] == []


@pytest.mark.parametrize("code", blocks("docs/roadmap.md", "python"))
def test_programs_run(code: str) -> None:
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "docs/roadmap.md", "exec"), {})  # noqa: S102 - text of our own
    assert "2026-05-20 17:00:00" in out.getvalue()
