"""The built distributions work where no checkout is at hand: everything they need is inside them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, ignored, pyproject

EXAMPLE = ROOT / "examples" / "troubled-rollout"
BIN = "Scripts" if os.name == "nt" else "bin"
COMMAND = "from crm_rules.cli import main; main()"
LIBRARY = """
import crm_rules
project = crm_rules.load_project("project.yaml")
print(crm_rules.Assessor().assess(project).to_json())
"""


def run(folder: Path, *command: str | Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with nothing on the module path but what is given."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    if path is not None:
        environment["PYTHONPATH"] = path
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def packed(folder: str) -> set[str]:
    """Files under a folder of the checkout that belong into a distribution."""
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not ignored(path)}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    built = run(folder, sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    """The wheel."""
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a new environment in which the wheel is installed.

    Its dependencies are those of the environment the tests run in, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / BIN / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    done = run(folder, *pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
    assert done.returncode == 0, done.stdout + done.stderr
    where = run(folder, python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    # Folders named in a .pth file are searched last, and their own .pth files (our checkout) are not read.
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(where.stdout.strip(), "dependencies.pth").write_text("\n".join(sorted(paths)) + "\n", "utf-8")
    return folder / BIN


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that holds nothing but the files of the example project."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "project"))


def test_the_wheel_holds_the_package_and_the_packs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    packs = {f"crm_rules/_packs/{name.removeprefix('rulesets/')}" for name in packed("rulesets")}
    assert packs
    assert names == packed("crm_rules") | packs
    assert "crm_rules/py.typed" in names


def test_the_sdist_holds_what_a_packager_needs(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    wanted = {"LICENSE", "Makefile", "README.md", "constraints.txt", "pyproject.toml", ".ci/run"}
    for folder in ("crm_rules", "docs", "examples", "rulesets", "tests"):
        wanted |= packed(folder)
    assert wanted - names == set()


def test_the_package_is_the_installed_one_and_knows_its_version(installed: Path, tmp_path: Path) -> None:
    code = "import crm_rules, importlib.metadata as m; print(crm_rules.__file__); print(m.version('crm-rules'))"
    asked = run(tmp_path, installed / "python", "-c", code)
    place, version = asked.stdout.splitlines()
    assert Path(place).is_relative_to(installed.parent)
    assert version == pyproject()["project"]["version"]


def test_the_installed_command_says_what_the_checkout_says(installed: Path, project: Path) -> None:
    arguments = ["assess", "project.yaml", "--format", "json"]
    there = run(project, installed / "crm-rules", *arguments)
    here = run(project, sys.executable, "-c", COMMAND, *arguments, path=str(ROOT))
    assert there.returncode == 1, there.stderr
    assert json.loads(there.stdout)["findings"]
    assert (there.stdout, there.returncode) == (here.stdout, here.returncode)


def test_the_installed_library_says_what_the_command_says(installed: Path, project: Path) -> None:
    by_library = run(project, installed / "python", "-c", LIBRARY)
    by_command = run(project, installed / "crm-rules", "assess", "project.yaml", "--format", "json")
    assert by_library.returncode == 0, by_library.stderr
    assert json.loads(by_library.stdout) == json.loads(by_command.stdout)
