"""The contracts of pyproject.toml hold something back: each one breaks when its rule is broken.

The contracts themselves are checked against the package by `make contracts`. Here they are
checked against a skeleton, a package of the same rooms with nothing in them but one import.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.house.checkout import ROOT, pyproject

CONTRACTS: list[dict[str, Any]] = pyproject()["tool"]["importlinter"]["contracts"]
DOORS = {name for contract in CONTRACTS if contract["id"].startswith("door-") for name in contract["forbidden_modules"]}

# (the one contract that breaks, the module that breaks it, what the module says)
OFFENCES = [
    ("layers", "crm_rules.engine.offence", "import crm_rules.explain"),
    ("layers", "crm_rules.roadmap.offence", "import crm_rules.files"),
    ("layers", "crm_rules.model.offence", "import crm_rules.rules"),
    ("layers", "crm_rules.facts.offence", "def later():\n    from crm_rules.program import check"),
    ("layers", "crm_rules.room_without_a_place", ""),
    ("inference", "crm_rules.explain.offence", "from crm_rules.model import Project"),
    ("inference", "crm_rules.program.offence", "import crm_rules.roadmap"),
    ("pure", "crm_rules.model.offence", "import random"),
    ("pure", "crm_rules.report.offence", "from pathlib import Path"),
    ("pure", "crm_rules.engine.isolated", "import socket"),
    ("commands", "crm_rules.cli.offence", "from crm_rules.engine import compiled"),
    ("reports", "crm_rules.report.offence", "import crm_rules.model"),
    ("public", "crm_rules", "from crm_rules.errors import ProjectError"),
    ("public", "crm_rules", "import crm_rules.model.project"),
    ("door-calamine", "crm_rules.files.offence", "import python_calamine"),
    ("door-click", "crm_rules.report.offence", "import click"),
    ("door-durable", "crm_rules.engine.offence", "from durable.lang import ruleset"),
    ("door-durable", "crm_rules.api", "import durable_rules_engine"),
    ("door-mpxj", "crm_rules.files.offence", "import jpype"),
    ("door-mpxj", "crm_rules.roadmap.offence", "import mpxj"),
    ("door-networkx", "crm_rules.program.plan", "from networkx.algorithms import dag"),
    ("door-numpy", "crm_rules.roadmap.simulation", "from numpy.random import Generator"),
    ("door-pydantic", "crm_rules.api", "from pydantic import BaseModel"),
    ("door-pydantic", "crm_rules.facts.offence", "import pydantic_core"),
    ("door-rich", "crm_rules.api", "from rich.console import Console"),
    ("door-yaml", "crm_rules.files.project", "import yaml"),
]

# What the contracts are there to let through.
PERMITTED = {
    "crm_rules": "from crm_rules.api import load_project",
    "crm_rules.api": "import crm_rules.engine, crm_rules.files, crm_rules.report, crm_rules.roadmap",
    "crm_rules.assessment.findings": "import crm_rules.explain",
    "crm_rules.cli.main": "import click, pathlib, rich, crm_rules.api, crm_rules.errors, crm_rules.report",
    "crm_rules.engine.durable": "import durable.lang, durable_rules_engine, crm_rules.program",
    "crm_rules.engine.isolated": "import os, subprocess",
    "crm_rules.explain.why": "import crm_rules.engine.protocol",
    "crm_rules.files.plan_mpxj": "import jpype, mpxj, tempfile",
    "crm_rules.files.plan_sheets": "import python_calamine",
    "crm_rules.files.project": "import pathlib, pydantic, crm_rules.model",
    "crm_rules.files.ruleset": "import crm_rules.rules.syntax",
    "crm_rules.files.yaml_text": "import yaml",
    "crm_rules.model.project": "import pydantic, crm_rules.facts",
    "crm_rules.program.stratify": "import networkx, crm_rules.rules",
    "crm_rules.report.text": "import rich, crm_rules.assessment, crm_rules.roadmap",
    "crm_rules.roadmap.graph": "import networkx, crm_rules.model",
    "crm_rules.roadmap.simulation_numpy": "import numpy.random, numpy.typing",
}


def skeleton(folder: Path, contents: dict[str, str]) -> Path:
    """Write a package with every room that has to exist and the given modules; returns its folder."""
    layers = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "layers")
    rooms = [room for layer in layers for room in re.split(r"[|:\s]+", layer) if not room.startswith("(")]
    modules = {"crm_rules": "", **{f"crm_rules.{room}": "" for room in rooms}, **contents}
    for name, text in modules.items():
        path = folder.joinpath(*name.split("."))
        path.mkdir(parents=True)
        (path / "__init__.py").write_text(f"{text}\n", "utf-8")
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return folder


def broken(folder: Path) -> set[str]:
    """Ids of the contracts that do not hold for the package in a folder."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b.*$", run.stdout, re.MULTILINE))
    names = {contract["name"]: contract["id"] for contract in CONTRACTS}
    assert verdicts.keys() == names.keys(), run.stdout + run.stderr
    return {names[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}


def third_party_imports(paths: Iterable[Path]) -> set[str]:
    """Top-level names of everything imported that is neither standard library nor ours, also inside functions."""
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"crm_rules"}


def test_every_contract_has_an_offence() -> None:
    assert {contract for contract, _, _ in OFFENCES} == {contract["id"] for contract in CONTRACTS}


@pytest.mark.parametrize(("contract", "module", "text"), OFFENCES)
def test_an_offence_breaks_its_contract_and_no_other(contract: str, module: str, text: str, tmp_path: Path) -> None:
    assert broken(skeleton(tmp_path, {module: text})) == {contract}


def test_the_arrows_of_the_plan_break_nothing(tmp_path: Path) -> None:
    assert broken(skeleton(tmp_path, PERMITTED)) == set()


def test_every_third_party_import_has_a_door() -> None:
    assert third_party_imports((ROOT / "crm_rules").rglob("*.py")) <= DOORS


def test_a_package_without_a_door_is_noticed(tmp_path: Path) -> None:
    folder = skeleton(tmp_path, {"crm_rules.roadmap.chance": "def draw():\n    import scipy.stats"})
    assert third_party_imports(folder.rglob("*.py")) == {"scipy"}


def test_every_dependency_has_a_door() -> None:
    project = pyproject()["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    requirements = [*project["dependencies"], *(r for name in extras if name != "dev" for r in extras[name])]
    names = {re.split(r"[^\w-]", requirement)[0] for requirement in requirements} - {project["name"]}
    imported_as = {"PyYAML": "yaml", "durable_rules": "durable", "python-calamine": "python_calamine"}
    assert {imported_as.get(name, name) for name in names} <= DOORS
