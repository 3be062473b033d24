"""Plans of other scheduling programs, converted to Microsoft Project XML by MPXJ.

MPXJ (https://www.mpxj.org) is a Java library under the LGPL with a Python package of the same name; it and a Java
runtime are optional. It reads what Microsoft Project, Primavera P6, Asta, GanttProject, Planner and others write.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.imported import ImportedPlan
from crm_rules.files.mspdi import parse_mspdi

SUFFIXES: Final[dict[str, str]] = {
    ".mpp": "a Microsoft Project file",
    ".mpt": "a Microsoft Project template",
    ".mpx": "a Microsoft Project exchange file",
    ".mpd": "a Microsoft Project database",
    ".xer": "a Primavera P6 file",
    ".pmxml": "a Primavera P6 XML file",
    ".prx": "a Primavera P3 archive",
    ".stx": "a Primavera SureTrak archive",
    ".pp": "an Asta Powerproject file",
    ".gan": "a GanttProject file",
    ".planner": "a Planner file",
    ".pod": "a ProjectLibre file",
    ".bk3": "an Open Plan archive",
    ".pep": "a TurboProject file",
    ".fts": "a FastTrack Schedule file",
    ".sdef": "an SDEF file",
    ".ppx": "a Phoenix file",
}
"""What files with these endings are."""


def load_converted(data: bytes, file: str, suffix: str) -> ImportedPlan:
    """Read a plan of another program; tasks are placed by their number, since lines mean nothing in its format.

    Args:
        data: the file.
        file: what messages call it.
        suffix: its ending, which tells MPXJ what to expect.

    Raises:
        ProjectError: MPXJ or Java is not installed, the file cannot be converted, or what came out is no plan.
    """
    what = SUFFIXES.get(suffix, "a file of another scheduling program")
    with tempfile.TemporaryDirectory(prefix="crm-rules-") as folder:
        source, target = Path(folder, f"plan{suffix}"), Path(folder, "plan.mspdi.xml")
        source.write_bytes(data)
        _convert(_java(what, file), source, target, what, file)
        converted = target.read_bytes()
    return _without_lines(parse_mspdi(converted, file), file)


def _java(what: str, file: str) -> Any:
    """The bridge to Java, with MPXJ on its class path."""
    try:
        import jpype
        import mpxj  # noqa: F401 - puts its archives on the class path
    except ImportError:
        raise _refusal(
            f"this is {what}, and the package mpxj, which reads it, is not installed",
            file,
            "install it with: pip install 'crm-rules[mpxj]' (LGPL, needs a Java runtime), or export the plan as "
            "Microsoft Project XML",
        ) from None
    try:
        if not jpype.isJVMStarted():
            jpype.startJVM("-Djava.awt.headless=true")
    except (jpype.JVMNotFoundException, OSError, RuntimeError) as e:
        raise _refusal(
            f"this is {what}, and Java, which mpxj needs to read it, does not start: {_first_line(e)}",
            file,
            "install a Java runtime and set JAVA_HOME, or export the plan as Microsoft Project XML",
        ) from None
    return jpype


def _convert(jpype: Any, source: Path, target: Path, what: str, file: str) -> None:
    try:
        project = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().read(str(source))
        if project is not None:
            jpype.JClass("org.mpxj.mspdi.MSPDIWriter")().write(project, str(target))
    except jpype.JException as e:
        raise _refusal(
            f"mpxj cannot read {what}: {_first_line(e)}", file, "open it in its program and save it anew"
        ) from None
    if project is None:
        raise _refusal(f"mpxj does not recognise the file as {what}", file)


def _without_lines(imported: ImportedPlan, file: str) -> ImportedPlan:
    """The plan with its tasks placed by UID: the lines are those of an intermediate file nobody sees."""
    plan = imported.plan
    return replace(
        imported,
        plan=replace(
            plan,
            tasks=tuple(replace(t, source=f"UID {t.id}") for t in plan.tasks),
            links=tuple(replace(k, source="") for k in plan.links),
        ),
        notes=tuple(replace(n, span=Span(file)) for n in imported.notes),
        places={key: Span(file) for key in imported.places},
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _refusal(message: str, file: str, hint: str | None = None) -> ProjectError:
    return ProjectError([Diagnostic(message, Span(file), hint)])
