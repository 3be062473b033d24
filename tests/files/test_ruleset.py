"""A pack as a whole: what is read from its folder, and that all its problems are reported together."""

from __future__ import annotations

import os
import pickle
import random
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest

from crm_rules.errors import RulesetError
from crm_rules.files.nodes import place
from crm_rules.files.ruleset import load_pack
from crm_rules.files.text import Limits
from crm_rules.rules.draft import Setting, Source
from tests.files.pack_helpers import RULE, SCHEMA, edited, shown, write_pack

SOURCES = """\
manual:
  title: Manual of bridges
  author: A. Smith
  year: 1999
  language: en
  url: https://example.org/manual
  note: >
    Out of
    print.
almanac: {title: Almanac}
"""

SETTINGS = """\
old: {value: 50, unit: years, meaning: age above which a bridge is old, origin: manual}
strict: {value: true, meaning: whether exceptions are allowed}
season: {value: winter, meaning: worst time of the year}
"""


def complaint(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> str:
    write_pack(folder, files)
    monkeypatch.chdir(folder)
    with pytest.raises(RulesetError) as caught:
        load_pack(".", SCHEMA)
    return str(caught.value)


# -- what is read --------------------------------------------------------------------------------------


def test_a_pack_holds_what_its_files_say(tmp_path: Path) -> None:
    about = "schema: crm-rules/pack/1\nname: old-bridges\nversion: 2.0.1\ntitle: Old bridges\nlanguages: [en, pt-BR]\n"
    files = {
        "pack.yaml": about + "description: >\n  What becomes\n  of bridges.\n",
        "sources.yaml": SOURCES,
        "settings.yaml": SETTINGS,
        "roads/old-bridge.yaml": RULE,
        "roads/night/dark.yml": RULE,
        "city/rich.yaml": RULE,
    }
    pack = load_pack(write_pack(tmp_path, files), SCHEMA)
    assert (pack.name, pack.version, pack.title) == ("old-bridges", "2.0.1", "Old bridges")
    assert (pack.languages, pack.description) == (("en", "pt-BR"), "What becomes of bridges.")
    assert [d.id for d in pack.drafts] == ["city.rich", "roads.night.dark", "roads.old-bridge"]
    assert [d.family for d in pack.drafts] == ["city", "roads", "roads"]
    assert list(pack.sources.values()) == [
        Source("almanac", "Almanac"),
        Source("manual", "Manual of bridges", "A. Smith", 1999, "en", "https://example.org/manual", "Out of print."),
    ]
    assert list(pack.settings.values()) == [
        Setting("old", 50, "years", "age above which a bridge is old", "manual"),
        Setting("season", "winter", None, "worst time of the year"),
        Setting("strict", True, None, "whether exceptions are allowed"),
    ]


def test_only_the_pack_file_is_needed(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, {}), SCHEMA)
    assert (pack.drafts, dict(pack.sources), dict(pack.settings), dict(pack.conclusions)) == ((), {}, {}, {})


def test_documents_lead_from_a_span_to_the_text_and_the_tree(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, {"roads/old-bridge.yaml": RULE}), SCHEMA)
    head = pack.drafts[0].examples[0].head
    assert head.span is not None
    document = pack.documents[head.span.file]
    assert document.source.line(head.span.line) == "  - name: old and busy"
    span = place(document.root, ["examples", 0, "given", "bridges", 0, "age_years"])
    assert document.source.line(span.line) == "      bridges: [{id: b, age_years: 60}]"
    assert {Path(file).name for file in pack.documents} == {"pack.yaml", "old-bridge.yaml"}


def test_every_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"sources.yaml": SOURCES, "settings.yaml": SETTINGS, "roads/old-bridge.yaml": RULE}
    write_pack(tmp_path, files)
    opened: list[str] = []
    really_open = Path.open

    def counting(path: Path, mode: str) -> object:
        opened.append(path.name)
        return really_open(path, mode)

    monkeypatch.setattr(Path, "open", counting)
    load_pack(tmp_path, SCHEMA)
    assert sorted(opened) == ["old-bridge.yaml", "pack.yaml", "settings.yaml", "sources.yaml"]


def test_a_pack_can_be_handed_to_another_process(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, {"roads/old-bridge.yaml": RULE, "sources.yaml": SOURCES}), SCHEMA)
    copy = pickle.loads(pickle.dumps(pack))
    assert copy == pack
    assert copy.documents.keys() == pack.documents.keys()
    assert copy.drafts[0].when[1].where[0].problem("m", 9) == pack.drafts[0].when[1].where[0].problem("m", 9)


# -- how files are named ---------------------------------------------------------------------------------


def test_files_below_the_current_folder_are_named_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pack(tmp_path / "packs" / "bridges", {"roads/old.yaml": RULE})
    monkeypatch.chdir(tmp_path / "packs")
    names = {"bridges/pack.yaml", "bridges/roads/old.yaml"}
    for given in (tmp_path / "packs" / "bridges", "bridges", "./bridges/", "../packs/bridges"):
        assert set(load_pack(given, SCHEMA).documents) == names


def test_files_elsewhere_are_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(tmp_path / "bridges", {})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert list(load_pack("../bridges", SCHEMA).documents) == ["../bridges/pack.yaml"]
    assert list(load_pack(tmp_path / "bridges", SCHEMA).documents) == [(tmp_path / "bridges/pack.yaml").as_posix()]


def test_a_pack_in_the_current_folder_can_be_called_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(tmp_path, {"roads/old.yaml": RULE})
    monkeypatch.chdir(tmp_path)
    assert set(load_pack(".", SCHEMA).documents) == {"pack.yaml", "roads/old.yaml"}


# -- order -----------------------------------------------------------------------------------------------


_really_scan = os.scandir


class Shuffled:
    """What `os.scandir` gives, in another order."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        with _really_scan(path) as found:
            self.entries = list(found)
        chance.shuffle(self.entries)

    def __enter__(self) -> Iterator[os.DirEntry[str]]:
        return iter(self.entries)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.entries.clear()


def test_the_order_of_the_file_system_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = {f"{family}/{name}.yaml": RULE for family in ("a", "b", "a/c") for name in ("x", "y", "z")}
    bad = {name: edited(text, ("kind: risk", "kind: rsk")) for name, text in good.items()}
    write_pack(tmp_path / "good", good)
    write_pack(tmp_path / "bad", {**bad, "a/x.yml": RULE, "Wrong/x.yaml": RULE})
    (tmp_path / "bad" / "d").symlink_to(tmp_path / "bad" / "a", target_is_directory=True)
    seen: set[tuple[str, ...]] = set()
    told: set[str] = set()
    for seed in range(8):
        chance = random.Random(seed)
        monkeypatch.setattr(os, "scandir", lambda path, chance=chance: Shuffled(path, chance))
        seen.add(tuple(d.id for d in load_pack(tmp_path / "good", SCHEMA).drafts))
        with pytest.raises(RulesetError) as caught:
            load_pack(tmp_path / "bad", SCHEMA)
        told.add(str(caught.value))
        monkeypatch.undo()
    assert seen == {("a.c.x", "a.c.y", "a.c.z", "a.x", "a.y", "a.z", "b.x", "b.y", "b.z")}
    assert len(told) == 1


# -- mistakes --------------------------------------------------------------------------------------------


TOP_FILES = {
    "layout of another release": (
        {"pack.yaml": "schema: crm-rules/pack/2\nname: p\nversion: 1.0.0\ntitle: T\nlanguages: [en]\n"},
        """
        pack.yaml:1:9: this release reads crm-rules/pack/1, found 'crm-rules/pack/2'
            1 | schema: crm-rules/pack/2
              |         ^^^^^^^^^^^^^^^^
        """,
    ),
    "extends": (
        {"pack.yaml": "schema: crm-rules/pack/1\nname: p\nversion: 1.0.0\ntitle: T\nlanguages: [en]\nextends: crm\n"},
        """
        pack.yaml:6:1: extends is not supported in this release
            6 | extends: crm
              | ^^^^^^^ copy the rules that are needed
        """,
    ),
    "several in the pack file": (
        {"pack.yaml": "name: My Pack\nversion: 1.0\nlanguages: [english]\nauthor: me\n"},
        """
        pack.yaml:1:1: this pack has no 'schema' or 'title'
            1 | name: My Pack
              | ^^^^^^^^^^^^^
        pack.yaml:1:7: 'My Pack' cannot be the name of a pack
            1 | name: My Pack
              |       ^^^^^^^ use lower-case letters and digits, with - or _ between them
        pack.yaml:2:10: expected text, found 1.0
            2 | version: 1.0
              |          ^^^ put it in quotes to make it text
        pack.yaml:3:13: 'english' cannot be a language
            3 | languages: [english]
              |             ^^^^^^^ write a tag such as en or pt-BR
        pack.yaml:4:1: a pack has no key 'author'
            4 | author: me
              | ^^^^^^ expected one of: description, extends, languages, name, schema, title, version
        """,
    ),
    "version and languages": (
        {"pack.yaml": "schema: crm-rules/pack/1\nname: p\nversion: first\ntitle: T\nlanguages: []\n"},
        """
        pack.yaml:3:10: 'first' cannot be a version
            3 | version: first
              |          ^^^^^ write numbers and dots, such as 1.0.0
        pack.yaml:5:12: a pack is written in at least one language
            5 | languages: []
              |            ^^ write [en]
        """,
    ),
    "sources": (
        {"sources.yaml": "The Manual: {title: M}\nalmanac: {titel: A}\nguide: {title: G, year: '1999'}\nmap: Map\n"},
        """
        sources.yaml:1:1: 'The Manual' cannot be the key of a source
            1 | The Manual: {title: M}
              | ^^^^^^^^^^ use lower-case letters and digits, with - or _ between them
        sources.yaml:2:11: a source has no key 'titel'
            2 | almanac: {titel: A}
              |           ^^^^^ did you mean 'title'?
        sources.yaml:3:25: expected a whole number, found text '1999'
            3 | guide: {title: G, year: '1999'}
              |                         ^^^^^^ write 1999 without quotes
        sources.yaml:4:6: expected the keys of a source, found text 'Map'
            4 | map: Map
              |      ^^^ begin with 'title:'
        """,
    ),
    "settings": (
        {
            "settings.yaml": """\
            Old: {value: 1, meaning: M}
            from: {value: 1, meaning: M}
            much: {meaning: M}
            size: {value: big, unit: m, meaning: M}
            all: {value: .inf, meaning: M}
            some: {value: [1], meaning: M}
            """
        },
        """
        settings.yaml:1:1: 'Old' cannot be the name of a setting
            1 | Old: {value: 1, meaning: M}
              | ^^^ use lower-case letters, digits and _, beginning with a letter
        settings.yaml:2:1: 'from' is a word of the language and cannot be the name of a setting
            2 | from: {value: 1, meaning: M}
              | ^^^^ choose another name
        settings.yaml:3:1: this setting has no 'value'
            3 | much: {meaning: M}
              | ^^^^
        settings.yaml:4:15: expected a number, because it has a unit, found text 'big'
            4 | size: {value: big, unit: m, meaning: M}
              |               ^^^
        settings.yaml:5:14: expected a number, found inf
            5 | all: {value: .inf, meaning: M}
              |              ^^^^
        settings.yaml:6:15: expected a number, text, true or false, found a list
            6 | some: {value: [1], meaning: M}
              |               ^^^
        """,
    ),
    "no mapping": (
        {"sources.yaml": "- manual\n"},
        """
        sources.yaml:1:1: expected sources by key, found a list
            1 | - manual
              | ^^^^^^^^
        """,
    ),
    "an empty file": (
        {"settings.yaml": ""},
        """
        settings.yaml: the file is empty
          it has no content besides blank lines and comments
        """,
    ),
}


@pytest.mark.parametrize("case", TOP_FILES)
def test_mistakes_in_the_files_at_the_top(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, message = TOP_FILES[case]
    assert complaint(tmp_path, monkeypatch, files) == shown(message)


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "pack.yaml": "name: [\n",
        "sources.yaml": "manual: {titel: M}\n",
        "settings.yaml": "old: {value: 50}\n",
        "facts.yaml": "lists: {bridges: {singular: b, fields: {}}}\n",
        "conclusions.yaml": "closed: {title: T, sentence: S, meaning: M, fields: {about: rode}}\n",
        "roads/broken.yaml": "title: [\n",
        "roads/empty.yaml": "",
        "roads/old.yaml": edited(RULE, ("kind: risk", "kind: rsk"), ("effort: low", "effort: little")),
        "roads/good.yaml": RULE,
        "city/rich.yaml": edited(RULE, ("given: {}", "given:")),
        "city/rich.yml": RULE,
    }
    told = complaint(tmp_path, monkeypatch, files)
    assert re.findall(r"^[a-z].*$", told, re.MULTILINE) == [
        "city/rich.yaml:52:11: expected lists and sections of a project, found nothing",
        "city/rich.yml: the rule city.rich is in city/rich.yaml already",
        "conclusions.yaml:1:61: there is no type 'rode'",
        "facts.yaml:1:9: there is already a list 'bridges'",
        "pack.yaml:2:1: a value is missing here, found the end of the file",
        "roads/broken.yaml:2:1: a value is missing here, found the end of the file",
        "roads/empty.yaml: the file is empty",
        "roads/old.yaml:2:7: kind cannot be 'rsk'",
        "roads/old.yaml:44:15: effort cannot be 'little'",
        "settings.yaml:1:1: this setting has no 'meaning'",
        "sources.yaml:1:10: a source has no key 'titel'",
    ]


def test_a_file_that_is_no_text_is_one_problem_among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(tmp_path, {"roads/old.yaml": edited(RULE, ("kind: risk", "kind: rsk"))})
    (tmp_path / "roads" / "picture.yaml").write_bytes(b"\x00\x01")
    (tmp_path / "roads" / "latin.yaml").write_bytes("title: Brücke\n".encode("latin-1"))
    assert re.findall(r"^[a-z].*$", complaint(tmp_path, monkeypatch, {}), re.MULTILINE) == [
        "roads/latin.yaml:1:10: the file is not UTF-8: byte offset 9 (on line 1) is 0xFC",
        "roads/old.yaml:2:7: kind cannot be 'rsk'",
        "roads/picture.yaml: this is a binary file (a zero byte at offset 0)",
    ]


def test_limits_hold_for_each_file(tmp_path: Path) -> None:
    write_pack(tmp_path, {"roads/old.yaml": RULE, "roads/new.yaml": "title: new\n" * 500})
    with pytest.raises(RulesetError) as caught:
        load_pack(tmp_path, SCHEMA, Limits(max_bytes=len(RULE)))
    (problem,) = caught.value.diagnostics
    assert problem.message.endswith("(limit max_bytes)")
    assert problem.span is not None
    assert problem.span.file.endswith("roads/new.yaml")
