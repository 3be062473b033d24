"""Where packs lie and which files belong to one.

Knows folders and file names, and nothing of what the files say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Final

from crm_rules.diagnostics import Diagnostic, Span, did_you_mean, nearest
from crm_rules.errors import RulesetError
from crm_rules.model.wording import quoted

PACK: Final = "pack.yaml"
SOURCES: Final = "sources.yaml"
SETTINGS: Final = "settings.yaml"
CONCLUSIONS: Final = "conclusions.yaml"
FACTS: Final = "facts.yaml"
ORDERINGS: Final = "orderings.yaml"
TOP_FILES: Final = (PACK, SOURCES, SETTINGS, CONCLUSIONS, FACTS, ORDERINGS)
"""The files of a pack that do not hold one rule each."""

MAX_ENTRIES: Final = 10_000
"""Largest number of files and folders in a pack, hidden ones not counted."""

ENTRY_POINTS: Final = "crm_rules.packs"
"""Entry-point group under which installed packages offer packs."""

NAME: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
"""Form of a pack's name, of the keys of its sources and of each part of a rule id."""

NAME_HINT: Final = "use lower-case letters and digits, with - or _ between them"

_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of a pack, as messages name them; all of them can be opened under that name.

    Attributes:
        top: those of `TOP_FILES` that are there.
        rules: rule id to file, sorted by id.
    """

    top: Mapping[str, str]
    rules: Mapping[str, str]


def shown(path: str | os.PathLike[str]) -> str:
    """A path as messages name it: relative to the current folder when it lies below, else as given."""
    given = Path(path)
    absolute, here = Path(os.path.abspath(given)), Path.cwd()  # noqa: PTH100 - links stay as they are written
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else given).as_posix()


def pack_files(path: str | os.PathLike[str], problems: list[Diagnostic]) -> PackFiles:
    """Find the files of a pack.

    Rules lie in folders of the pack at any depth and end in `.yaml` or `.yml`; files and folders
    whose names start with a dot, and files that are no YAML, are passed over. Symbolic links are
    followed; a folder that is reached twice is a problem.

    Args:
        path: folder of the pack.
        problems: problems with file names are appended here.

    Raises:
        RulesetError: there is no such folder, or it is no pack.
    """
    root = Path(shown(path))
    _refuse_other(root)
    top: dict[str, str] = {}
    rules: dict[str, str] = {}
    for found in sorted(_yaml_files(root, problems)):
        file, parts = found.as_posix(), found.relative_to(root).parts
        if len(parts) > 1:
            rule_id = ".".join((*parts[:-1], Path(parts[-1]).stem))
            if rule_id in rules:
                _report(problems, file, f"the rule {rule_id} is in {rules[rule_id]} already", "keep one of the two")
            rules.setdefault(rule_id, file)
        elif parts[0] in TOP_FILES:
            top[parts[0]] = file
        else:
            close = nearest(Path(parts[0]).stem, [Path(name).stem for name in TOP_FILES])
            hint = f"did you mean '{close}.yaml'?" if close else "rules lie in folders: move it into one"
            _report(problems, file, f"{quoted(parts[0])} does not belong at the top of a pack", hint)
    _report_names(root, rules, problems)
    return PackFiles(top, dict(sorted(rules.items())))


def _refuse_other(root: Path) -> None:
    """Raise an error unless the path is the folder of a pack."""
    name = root.as_posix()
    try:
        if root.joinpath(PACK).is_file():
            return
        if not root.exists():
            beside = root.parent.iterdir() if root.parent.is_dir() else ()
            close = nearest(root.name, [p.name for p in islice(beside, MAX_ENTRIES)])
            hint = f"did you mean '{(root.parent / close).as_posix()}'?" if close else None
            raise RulesetError([Diagnostic("there is no such folder", Span(name), hint)])
        if not root.is_dir():
            raise RulesetError([Diagnostic("this is a file, where the folder of a pack is expected", Span(name))])
        inside = sorted(p.name for p in islice(root.iterdir(), MAX_ENTRIES) if (p / PACK).is_file())
    except OSError as error:
        raise RulesetError([Diagnostic(_unreadable(error), Span(name))]) from None
    hint = f"did you mean '{(root / inside[0]).as_posix()}'?" if inside else None
    raise RulesetError([Diagnostic(f"this folder is no pack: it has no {PACK}", Span(name), hint)])


def _yaml_files(root: Path, problems: list[Diagnostic]) -> Iterator[Path]:
    """All YAML files in a folder and below it."""
    seen: dict[Path, Path] = {}
    folders, links = [root], list[Path]()
    entries = 0
    while folders or links:
        # Links come last, so that a folder that is reached twice is called by its own name.
        folder = folders.pop() if folders else links.pop(0)
        if _is_repeated(folder, seen, problems):
            continue
        try:
            with os.scandir(folder) as found:
                listed = sorted((e.name, _is_folder(e), e.is_symlink()) for e in found if not e.name.startswith("."))
        except OSError as error:
            _report(problems, folder.as_posix(), _unreadable(error))
            continue
        entries += len(listed)
        if entries > MAX_ENTRIES:
            message = f"a pack has at most {MAX_ENTRIES:,} files and folders (limit MAX_ENTRIES)"
            raise RulesetError([*problems, Diagnostic(message, Span(root.as_posix()))])
        for name, is_folder, is_link in listed:
            path = folder / name
            if is_folder:
                (links if is_link else folders).append(path)
            elif path.suffix.lower() in _SUFFIXES:
                if is_link and not path.exists():
                    _report(problems, path.as_posix(), "this link leads nowhere", "remove it")
                else:
                    yield path


def _is_repeated(folder: Path, seen: dict[Path, Path], problems: list[Diagnostic]) -> bool:
    """Whether a folder was read already, or would be read without end; then it is reported."""
    target = Path(os.path.realpath(folder))
    if seen and Path(os.path.realpath(folder.parent)).is_relative_to(target):
        _report(problems, folder.as_posix(), "this link leads back to a folder it lies in", "remove it")
        return True
    first = seen.setdefault(target, folder)
    if first is not folder:
        message = f"this is the same folder as {first.as_posix()}, whose rules would be there twice"
        _report(problems, folder.as_posix(), message, "remove one of the two")
    return first is not folder


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or to what may not be looked at
        return False


def _report_names(root: Path, rules: Mapping[str, str], problems: list[Diagnostic]) -> None:
    """Report each folder and file whose name cannot be part of a rule id, once."""
    wrong: set[str] = set()
    for file in rules.values():
        path = Path(file)
        steps = (path, *(p for p in path.parents if p != root and p.is_relative_to(root)))
        wrong.update(p.as_posix() for p in steps if not NAME.fullmatch(p.stem if p == path else p.name))
    for name in sorted(wrong):
        message = f"{quoted(Path(name).name)} cannot be part of a rule id"
        _report(problems, name, message, NAME_HINT)


def _report(problems: list[Diagnostic], file: str, message: str, hint: str | None = None) -> None:
    problems.append(Diagnostic(message, Span(file), hint))


def _unreadable(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"the folder cannot be read: {reason[:1].lower()}{reason[1:]}"


# -- packs that come with a package --------------------------------------------------------------


def bundled_pack_path(name: str = "crm") -> Path:
    """Folder of a pack that comes with this library.

    Raises:
        RulesetError: there is no such pack.
    """
    package = Path(__file__).resolve().parent.parent
    # In a wheel the packs lie inside the package, in a checkout beside it.
    folder = next((f for f in (package / "_packs", package.parent / "rulesets") if f.is_dir()), package / "_packs")
    names = sorted(p.name for p in folder.iterdir() if (p / PACK).is_file()) if folder.is_dir() else []
    if name not in names:
        message = f"no pack {quoted(name)} comes with the library"
        raise RulesetError([Diagnostic(message, hint=did_you_mean(name, names))])
    return folder / name


def find_packs(points: Iterable[EntryPoint] | None = None) -> Mapping[str, Path]:
    """Folders of the packs that installed packages offer under the entry-point group `crm_rules.packs`.

    An entry point names a path, a function without arguments that returns one, or a package, which
    stands for the folder it lies in.

    Args:
        points: entry points to look at instead of those installed.

    Returns:
        Name of the entry point to folder, sorted by name.

    Raises:
        RulesetError: entry points that cannot be loaded, give no path, or share a name.
    """
    packs: dict[str, Path] = {}
    problems: list[Diagnostic] = []
    found = entry_points(group=ENTRY_POINTS) if points is None else points
    for point in sorted(found, key=lambda p: (p.name, p.value)):
        try:
            path = _offered(point)
        except RulesetError as error:
            problems += error.diagnostics
            continue
        if point.name in packs:
            problems.append(Diagnostic(f"two installed packages offer a pack {quoted(point.name)}", hint="remove one"))
        packs.setdefault(point.name, path)
    if problems:
        raise RulesetError(problems)
    return packs


def _offered(point: EntryPoint) -> Path:
    who = f"the pack {quoted(point.name)} ({point.value})"
    try:
        offer = point.load()
        if callable(offer):
            offer = offer()
    except Exception as error:
        raise RulesetError([Diagnostic(f"{who} cannot be loaded: {type(error).__name__}: {error}")]) from error
    if isinstance(offer, ModuleType):
        if offer.__file__ is None:
            raise RulesetError([Diagnostic(f"{who} is a package without a folder of its own")])
        return Path(offer.__file__).parent
    if not isinstance(offer, str | os.PathLike):
        raise RulesetError([Diagnostic(f"{who} gives {type(offer).__name__}, where a path is expected")])
    return Path(offer)
