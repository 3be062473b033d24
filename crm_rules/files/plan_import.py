"""One door for plans: whatever a file is, it becomes a plan or says why not.

What a file is, is told by its content first and by the ending of its name where the content leaves it open.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.imported import ImportedPlan
from crm_rules.files.mspdi import NAMESPACE, parse_mspdi
from crm_rules.files.plan_mpxj import SUFFIXES, load_converted
from crm_rules.files.plan_sheets import csv_sheet, workbook_sheet
from crm_rules.files.plan_table import plan_of_sheet
from crm_rules.files.project import load_project
from crm_rules.files.task_names import bundled_task_names
from crm_rules.files.text import Limits, read_bytes, read_source
from crm_rules.files.xml_records import DEFAULT_XML_LIMITS, XmlLimits
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.kind_names import KindNames, with_guessed_kinds

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROJECT_FILES: Final = (".yaml", ".yml", ".json")
_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls")
_ROOT: Final = re.compile(rb"<(?![?!])[^\s>/]+[^>]*>")
_SHOWN: Final = 5


def load_plan(
    path: str | os.PathLike[str], names: KindNames | None = None, limits: XmlLimits = DEFAULT_XML_LIMITS
) -> ImportedPlan:
    """Read a plan: Microsoft Project XML, a CSV or Excel list of tasks, a project file, or what MPXJ converts.

    Tasks that have no kind get the one their name stands for, marked as guessed; those of a project file, whose
    author can say the kind, do not.

    Args:
        path: the file; messages name it exactly as given here.
        names: the table by which kinds are recognised; None takes that of the library, `KindNames()` recognises none.
        limits: what the file may ask for.

    Raises:
        ProjectError: the file cannot be read or converted, or with all its problems at once, each with its place.
    """
    name = os.fspath(path)
    if is_project_file(path):
        project = load_project(path)
        places = {key: span for (part, key, column), span in project.places.items() if part == "tasks" and not column}
        places.pop("", None)
        return ImportedPlan(plan_of(project), places=places)
    suffix = PurePath(name).suffix.lower()
    data = read_bytes(name, ProjectError, Limits(max_bytes=limits.max_bytes))
    return with_kinds(_read(data, name, suffix, limits), bundled_task_names() if names is None else names)


def is_project_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is one of those that describe a whole project, told by the ending of its name."""
    return PurePath(os.fspath(path)).suffix.lower() in _PROJECT_FILES


def with_kinds(imported: ImportedPlan, names: KindNames) -> ImportedPlan:
    """The plan with kinds recognised from names, and a note that says which."""
    plan, found = with_guessed_kinds(imported.plan, names)
    guessed = Counter(r.kind.value for r in found.values() if r.kind is not None)
    if not guessed:
        return replace(imported, plan=plan, kinds=found)
    listed = ", ".join(
        f"{kind} {count}" for kind, count in sorted(guessed.items(), key=lambda g: (-g[1], g[0]))[:_SHOWN]
    )
    more = "" if len(guessed) <= _SHOWN else f" and {len(guessed) - _SHOWN} more"
    note = Diagnostic(
        f"the kind of {guessed.total()} of {len(found)} tasks was recognised from their names ({listed}{more})",
        next((Span(place.file) for place in imported.places.values()), None),
        "check them; a table of your own phrases makes them yours",
        severity="warning",
    )
    return replace(imported, plan=plan, kinds=found, notes=tuple(sorted((*imported.notes, note), key=Diagnostic.order)))


def _read(data: bytes, name: str, suffix: str, limits: XmlLimits) -> ImportedPlan:
    if suffix in _WORKBOOKS or (data.startswith(b"PK\x03\x04") and b"xl/" in data):
        return plan_of_sheet(workbook_sheet(data, name))
    if data.startswith(_OLE) or suffix in SUFFIXES:
        return load_converted(data, name, suffix if suffix in SUFFIXES else ".mpp")
    if data.startswith(b"ERMHDR"):
        return load_converted(data, name, ".xer")
    if data.startswith(b"MPX,"):
        return load_converted(data, name, ".mpx")
    if suffix == ".xml" or _looks_like_xml(data):
        if b"<APIBusinessObjects" in _root(data):
            return load_converted(data, name, ".pmxml")
        return parse_mspdi(data, name, limits)
    return plan_of_sheet(csv_sheet(read_source(name, ProjectError)))


def _head(data: bytes) -> bytes:
    """The beginning of a text, whatever Unicode encoding it is in, with everything ASCII readable."""
    return data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()


def _looks_like_xml(data: bytes) -> bool:
    head = _head(data)
    return head.startswith(b"<?xml") or NAMESPACE.encode() in _root(data)


def _root(data: bytes) -> bytes:
    """The tag of the root element; nothing where the beginning of the file has none."""
    found = _ROOT.search(_head(data))
    return found[0] if found and _head(data).startswith(b"<") else b""
