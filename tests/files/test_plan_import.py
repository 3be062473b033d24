"""One door: every sort of file finds its reader by content and name, and kinds are recognised on the way."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crm_rules.errors import ProjectError
from crm_rules.files.plan_import import load_plan
from crm_rules.files.plan_mpxj import SUFFIXES
from crm_rules.model.task_kinds import TaskKind
from crm_rules.roadmap.kind_names import KindNames
from tests.files.mspdi_samples import link, mspdi, task
from tests.files.workbooks import workbook

PLAN = mspdi(task(1, Name="Configuration"), task(2, link(1), Name="UAT"))
CSV = "ID;Name;Duration;Predecessors\n1;Configuration;5;\n2;UAT;2;1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class TestWhichReader:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("plan.xml", PLAN),
            ("plan.XML", PLAN),
            ("plan", PLAN),
            ("plan.txt", "\ufeff" + PLAN),
            ("plan.xml", PLAN.replace("UTF-8", "UTF-16").encode("utf-16")),
            ("plan.dat", PLAN.split("\n", 1)[1]),
            ("plan.csv", CSV),
            ("plan.txt", CSV),
            ("plan", CSV.replace(";", "\t")),
            ("plan.csv", CSV.encode("utf-16")),
            ("plan.csv", "\ufeff" + CSV),
            ("plan.xlsx", workbook({"S": [r.split(";") for r in CSV.splitlines()]})),
            ("plan", workbook({"S": [r.split(";") for r in CSV.splitlines()]})),
            (
                "plan.yaml",
                (
                    "tasks:\n  - {id: '1', name: Configuration, kind: configuration, duration: 5}\n"
                    "  - {id: '2', name: UAT, kind: client_test, duration: 2, after: ['1']}\n"
                ),
            ),
        ],
    )
    def test_one_that_is_read(self, name: str, content: str | bytes, tmp_path: Path) -> None:
        imported = load_plan(written(tmp_path, name, content))
        assert [(t.id, t.name, t.kind) for t in imported.plan.tasks] == [
            ("1", "Configuration", "configuration"),
            ("2", "UAT", "client_test"),
        ]
        assert [(k.predecessor, k.successor) for k in imported.plan.links] == [("1", "2")]
        assert imported.places.keys() == {"1", "2"}

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("plan.xml", "<html/>", "the root element is <html> without a namespace"),
            ("plan.xml", CSV, "this is not XML"),
            ("plan.svg", '<?xml version="1.0"?><svg/>', "the root element is <svg>"),
            ("plan.txt", "Dear Ann,\nthe plan is late.\n", "no row in the first 25 is the heading"),
            ("plan.csv", "Größe".encode("latin-1"), "the file is not UTF-8"),
            ("plan.pdf", b"%PDF-1.7", "this is a PDF document"),
            ("plan.zip", b"PK\x03\x04rubbish", "this is a zip archive"),
            ("plan.xlsx", b"PK\x03\x04rubbish", "the workbook cannot be read"),
            ("plan.xls", OLE + b"rubbish", "the workbook cannot be read"),
            ("plan.csv", "", "no row in the first 25 is the heading"),
            ("plan.yaml", "tasks: {", "plan.yaml:1"),
        ],
    )
    def test_one_that_is_not(self, name: str, content: str | bytes, message: str, tmp_path: Path) -> None:
        with pytest.raises(ProjectError, match=message):
            load_plan(written(tmp_path, name, content))

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ProjectError, match="there is no such file"):
            load_plan(tmp_path / "plan.xml")


class TestKinds:
    def test_they_are_marked_as_guessed_and_said(self, tmp_path: Path) -> None:
        imported = load_plan(written(tmp_path, "plan.xml", PLAN))
        assert all(t.kind_guessed for t in imported.plan.tasks)
        assert str(imported.kinds["2"]) == "client_test, because of 'UAT'"
        assert [n.message for n in imported.notes] == [
            "the kind of 2 of 2 tasks was recognised from their names (client_test 1, configuration 1)"
        ]

    def test_a_table_of_ones_own(self, tmp_path: Path) -> None:
        path = written(tmp_path, "plan.xml", PLAN)
        imported = load_plan(path, KindNames({TaskKind.TRAINING: ("uat",)}))
        assert [t.kind for t in imported.plan.tasks] == [None, "training"]
        assert load_plan(path, KindNames()).notes == ()

    def test_those_of_a_project_file_are_its_authors(self, tmp_path: Path) -> None:
        imported = load_plan(written(tmp_path, "p.yaml", "tasks:\n  - {id: a, name: UAT, duration: 1}\n"))
        assert imported.plan.tasks[0].kind is None


class FakeBridge:
    """Stands in for Java with MPXJ: converts every file to the same plan."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        self.options: list[str] = []
        self.answer: str | None = PLAN
        self.fails: Exception | None = None
        self.java = True
        jpype, mpxj = ModuleType("jpype"), ModuleType("mpxj")
        members: dict[str, Any] = {
            "JException": RuntimeError,
            "JVMNotFoundException": ValueError,
            "isJVMStarted": lambda: bool(self.options),
            "startJVM": self._start,
            "JClass": self._class,
        }
        for name, member in members.items():
            setattr(jpype, name, member)
        monkeypatch.setitem(sys.modules, "jpype", jpype)
        monkeypatch.setitem(sys.modules, "mpxj", mpxj)

    def _start(self, *options: str) -> None:
        if not self.java:
            raise ValueError("No JVM shared library file (libjvm.so) found.\nTry setting up JAVA_HOME.")
        self.options += options

    def _class(self, name: str) -> Any:
        bridge = self

        class Reader:
            def read(self, path: str) -> str | None:
                bridge.read.append(path)
                assert Path(path).is_file()
                if bridge.fails:
                    raise bridge.fails
                return bridge.answer

        class Writer:
            def write(self, project: str, path: str) -> None:
                Path(path).write_text(project, "utf-8")

        return {"org.mpxj.reader.UniversalProjectReader": Reader, "org.mpxj.mspdi.MSPDIWriter": Writer}[name]


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> FakeBridge:
    return FakeBridge(monkeypatch)


class TestOtherPrograms:
    @pytest.mark.parametrize(
        ("name", "content", "suffix"),
        [
            ("plan.mpp", OLE, ".mpp"),
            ("plan", OLE, ".mpp"),
            ("plan.xer", "ERMHDR\t18.8", ".xer"),
            ("plan.txt", "ERMHDR\t18.8", ".xer"),
            ("plan.mpx", "MPX,Microsoft Project", ".mpx"),
            ("plan.gan", "<project/>", ".gan"),
            ("plan.planner", "<project/>", ".planner"),
            ("plan.pmxml", "<APIBusinessObjects/>", ".pmxml"),
            ("plan.xml", '<?xml version="1.0"?><APIBusinessObjects xmlns="x"/>', ".pmxml"),
        ],
    )
    def test_they_are_converted(
        self, name: str, content: str | bytes, suffix: str, bridge: FakeBridge, tmp_path: Path
    ) -> None:
        path = written(tmp_path, name, content)
        imported = load_plan(path)
        assert [t.id for t in imported.plan.tasks] == ["1", "2"]
        assert [Path(p).suffix for p in bridge.read] == [suffix]
        assert bridge.options == ["-Djava.awt.headless=true"]
        assert not Path(bridge.read[0]).exists(), "nothing is left behind"

    def test_places_are_numbers_of_tasks_and_no_lines(self, bridge: FakeBridge, tmp_path: Path) -> None:
        bridge.answer = mspdi(task(1), task(2, link(9)))
        path = written(tmp_path, "plan.mpp", OLE)
        imported = load_plan(path)
        assert [t.source for t in imported.plan.tasks] == ["UID 1", "UID 2"]
        assert {str(n.span) for n in imported.notes} == {str(path)}
        assert {str(p) for p in imported.places.values()} == {str(path)}

    def test_java_is_started_once(self, bridge: FakeBridge, tmp_path: Path) -> None:
        path = written(tmp_path, "plan.mpp", OLE)
        load_plan(path)
        load_plan(path)
        assert len(bridge.options) == 1

    def test_mpxj_is_missing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setitem(sys.modules, "mpxj", None)
        monkeypatch.setitem(sys.modules, "jpype", None)
        with pytest.raises(ProjectError) as caught:
            load_plan(written(tmp_path, "plan.mpp", OLE))
        (problem,) = caught.value.diagnostics
        assert (
            problem.message
            == "this is a Microsoft Project file, and the package mpxj, which reads it, is not installed"
        )
        assert "pip install 'crm-rules[mpxj]' (LGPL, needs a Java runtime)" in str(problem.hint)

    def test_java_is_missing(self, bridge: FakeBridge, tmp_path: Path) -> None:
        bridge.java = False
        with pytest.raises(ProjectError) as caught:
            load_plan(written(tmp_path, "plan.xer", "ERMHDR"))
        (problem,) = caught.value.diagnostics
        assert problem.message.endswith("does not start: No JVM shared library file (libjvm.so) found.")
        assert "JAVA_HOME" in str(problem.hint)

    def test_mpxj_fails(self, bridge: FakeBridge, tmp_path: Path) -> None:
        bridge.fails = RuntimeError("org.mpxj.MPXJException: Invalid file\nat org...")
        with pytest.raises(
            ProjectError, match=r"mpxj cannot read a Microsoft Project file: org\.mpxj\.MPXJException: Inv"
        ):
            load_plan(written(tmp_path, "plan.mpp", OLE))

    def test_mpxj_does_not_know_the_file(self, bridge: FakeBridge, tmp_path: Path) -> None:
        bridge.answer = None
        with pytest.raises(ProjectError, match="mpxj does not recognise the file as a GanttProject file"):
            load_plan(written(tmp_path, "plan.gan", "?"))

    def test_endings_are_lower_case(self) -> None:
        assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in SUFFIXES)
