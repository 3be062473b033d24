"""Where packs lie: the files of a folder, packs that come with the library, packs of other packages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from crm_rules.diagnostics import Diagnostic, render_all
from crm_rules.errors import RulesetError
from crm_rules.files import pack as pack_module
from crm_rules.files.pack import PackFiles, bundled_pack_path, find_packs, pack_files
from tests.files.pack_helpers import shown, write_pack


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(folder: str = ".") -> tuple[PackFiles, str]:
    """The files of a pack and what was said about them."""
    problems: list[Diagnostic] = []
    found = pack_files(folder, problems)
    return found, render_all(problems)


def refusal(folder: str | Path) -> str:
    with pytest.raises(RulesetError) as caught:
        pack_files(folder, [])
    return str(caught.value)


# -- the files of a pack -----------------------------------------------------------------------------------


def test_rules_lie_in_folders_at_any_depth(here: Path) -> None:
    write_pack(here, dict.fromkeys(("a/x.yaml", "a/b/c/y.yml", "a-b/2nd_z.YAML", "settings.yaml"), ""))
    found, told = files()
    assert told == ""
    assert dict(found.top) == {"pack.yaml": "pack.yaml", "settings.yaml": "settings.yaml"}
    assert list(found.rules.items()) == [
        ("a-b.2nd_z", "a-b/2nd_z.YAML"),
        ("a.b.c.y", "a/b/c/y.yml"),
        ("a.x", "a/x.yaml"),
    ]


def test_hidden_files_and_files_that_are_no_yaml_are_passed_over(here: Path) -> None:
    names = (".git/x.yaml", "a/.x.yaml", "README.md", "a/notes.txt", "a/__pycache__/m.pyc", "Images/b.png", "a/yaml")
    write_pack(here, dict.fromkeys(names, ""))
    found, told = files()
    assert (dict(found.rules), told) == ({}, "")


def test_a_name_that_cannot_be_part_of_an_id_is_told_once(here: Path) -> None:
    write_pack(here, dict.fromkeys(("Team Work/x.yaml", "Team Work/y.yaml", "a/B/-c-.yaml", "a/v1.2.yaml"), ""))
    assert files()[1] == shown("""
        Team Work: 'Team Work' cannot be part of a rule id
          use lower-case letters and digits, with - or _ between them
        a/B: 'B' cannot be part of a rule id
          use lower-case letters and digits, with - or _ between them
        a/B/-c-.yaml: '-c-.yaml' cannot be part of a rule id
          use lower-case letters and digits, with - or _ between them
        a/v1.2.yaml: 'v1.2.yaml' cannot be part of a rule id
          use lower-case letters and digits, with - or _ between them
    """)


def test_files_that_do_not_belong_at_the_top(here: Path) -> None:
    write_pack(here, dict.fromkeys(("setting.yaml", "facts.yml", "overloaded.yaml"), ""))
    found, told = files()
    assert list(found.top) == ["pack.yaml"]
    assert told == shown("""
        facts.yml: 'facts.yml' does not belong at the top of a pack
          did you mean 'facts.yaml'?
        overloaded.yaml: 'overloaded.yaml' does not belong at the top of a pack
          rules lie in folders: move it into one
        setting.yaml: 'setting.yaml' does not belong at the top of a pack
          did you mean 'settings.yaml'?
    """)


def test_two_files_cannot_be_one_rule(here: Path) -> None:
    write_pack(here, dict.fromkeys(("a/x.yml", "a/x.yaml"), ""))
    found, told = files()
    assert dict(found.rules) == {"a.x": "a/x.yaml"}
    assert told == "a/x.yml: the rule a.x is in a/x.yaml already\n  keep one of the two"


# -- links -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [".", "..", "../..", "a"])
def test_a_link_back_does_not_go_round_in_circles(here: Path, target: str) -> None:
    write_pack(here, {"a/x.yaml": ""})
    (here / "a" / "loop").symlink_to(here / target, target_is_directory=True)
    found, told = files()
    assert list(found.rules) == ["a.x"]
    assert told == "a/loop: this link leads back to a folder it lies in\n  remove it"


def test_a_folder_reached_twice_is_read_once_under_its_own_name(here: Path) -> None:
    write_pack(here, {"b/x.yaml": "", "c/y.yaml": ""})
    (here / "a").symlink_to(here / "b", target_is_directory=True)
    (here / "c" / "d").symlink_to(here / "b", target_is_directory=True)
    found, told = files()
    assert list(found.rules) == ["b.x", "c.y"]
    assert told == shown("""
        a: this is the same folder as b, whose rules would be there twice
          remove one of the two
        c/d: this is the same folder as b, whose rules would be there twice
          remove one of the two
    """)


def test_a_link_to_a_folder_elsewhere_is_followed(here: Path) -> None:
    write_pack(here, {})
    (here.parent / "shared" / "deep").mkdir(parents=True)
    (here.parent / "shared" / "deep" / "x.yaml").touch()
    (here / "ours").symlink_to(here.parent / "shared", target_is_directory=True)
    found, told = files()
    assert (dict(found.rules), told) == ({"ours.deep.x": "ours/deep/x.yaml"}, "")


def test_links_that_lead_nowhere(here: Path) -> None:
    write_pack(here, {"a/x.yaml": ""})
    (here / "a" / "gone.yaml").symlink_to("nothing.yaml")
    (here / "a" / "self.yaml").symlink_to("self.yaml")
    (here / "a" / "self").symlink_to("self")
    found, told = files()
    assert list(found.rules) == ["a.x"]
    assert told == shown("""
        a/gone.yaml: this link leads nowhere
          remove it
        a/self.yaml: this link leads nowhere
          remove it
    """)


# -- what is no pack ---------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(here: Path) -> None:
    write_pack(here / "bridges", {})
    assert refusal("bridge") == "bridge: there is no such folder\n  did you mean 'bridges'?"
    assert refusal("far/away") == "far/away: there is no such folder"
    assert refusal("x" * 300).startswith("x" * 300 + ": the folder cannot be read: file name too long")


def test_a_file_is_no_pack(here: Path) -> None:
    write_pack(here, {})
    assert refusal("pack.yaml") == "pack.yaml: this is a file, where the folder of a pack is expected"


def test_a_folder_without_pack_file_is_no_pack(here: Path) -> None:
    write_pack(here / "rulesets" / "bridges", {"a/x.yaml": ""})
    told = "rulesets: this folder is no pack: it has no pack.yaml\n  did you mean 'rulesets/bridges'?"
    assert refusal("rulesets") == told
    assert refusal("rulesets/bridges/a") == "rulesets/bridges/a: this folder is no pack: it has no pack.yaml"


def test_the_number_of_files_is_limited(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_module, "MAX_ENTRIES", 5)
    write_pack(here, {"a/x.yaml": "", "a/y.yaml": "", "b/.hidden.yaml": ""})
    assert list(files()[0].rules) == ["a.x", "a.y"]
    (here / "b" / "one-more.txt").touch()
    assert refusal(".") == ".: a pack has at most 5 files and folders (limit MAX_ENTRIES)"


def test_a_folder_that_cannot_be_read_is_one_problem(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(here, {"a/x.yaml": "", "b/y.yaml": ""})
    really_scan = os.scandir

    def guarded(path: Path) -> object:
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return really_scan(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found, told = files()
    assert list(found.rules) == ["b.y"]
    assert told == "a: the folder cannot be read: permission denied"


# -- packs that come with the library ------------------------------------------------------------------------


def test_the_bundled_pack_is_found_in_a_checkout() -> None:
    folder = bundled_pack_path()
    assert folder.name == "crm"
    assert (folder / "pack.yaml").is_file()


def test_the_bundled_pack_is_found_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(tmp_path / "crm_rules" / "_packs" / "bridges", {})
    write_pack(tmp_path / "rulesets" / "other", {})
    monkeypatch.setattr(pack_module, "__file__", str(tmp_path / "crm_rules" / "files" / "pack.py"))
    assert bundled_pack_path("bridges") == (tmp_path / "crm_rules" / "_packs" / "bridges").resolve()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cmr", "no pack 'cmr' comes with the library\n  did you mean 'crm'?"),
        ("../rulesets/crm", "no pack '../rulesets/crm' comes with the library\n  expected one of: crm"),
        ("", "no pack '' comes with the library\n  expected one of: crm"),
    ],
)
def test_a_pack_that_is_not_bundled(name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pack(tmp_path / "rulesets" / "crm", {})
    monkeypatch.setattr(pack_module, "__file__", str(tmp_path / "crm_rules" / "files" / "pack.py"))
    with pytest.raises(RulesetError) as caught:
        bundled_pack_path(name)
    assert str(caught.value) == message


# -- packs of other packages -----------------------------------------------------------------------------------

PACKAGE = """
from pathlib import Path

folder = Path("/packs/constant")
number = 3


def asked():
    return "/packs/asked"


def failing():
    raise RuntimeError("no disk")
"""


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], EntryPoint]:
    """Makes entry points of a package that is installed for the test."""
    (tmp_path / "acme_packs").mkdir()
    (tmp_path / "acme_packs" / "__init__.py").write_text(PACKAGE, "utf-8")
    (tmp_path / "acme_bare").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("acme_packs", "acme_bare"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return lambda name, value: EntryPoint(name, value, pack_module.ENTRY_POINTS)


def test_installed_packages_offer_packs_in_three_ways(offer: Callable[[str, str], EntryPoint], tmp_path: Path) -> None:
    points = [offer("c", "acme_packs:asked"), offer("b", "acme_packs"), offer("a", "acme_packs:folder")]
    packs = find_packs(points)
    assert list(packs.items()) == [
        ("a", Path("/packs/constant")),
        ("b", tmp_path / "acme_packs"),
        ("c", Path("/packs/asked")),
    ]


def test_all_broken_offers_are_reported_at_once(offer: Callable[[str, str], EntryPoint]) -> None:
    points = [
        offer("a", "acme_packs"),
        offer("a", "acme_packs:folder"),
        offer("b", "acme_gone"),
        offer("c", "acme_packs:no"),
        offer("d", "acme_packs:failing"),
        offer("e", "acme_packs:number"),
        offer("f", "acme_bare"),
    ]
    with pytest.raises(RulesetError) as caught:
        find_packs(points)
    assert [d.message for d in caught.value.diagnostics] == [
        "the pack 'b' (acme_gone) cannot be loaded: ModuleNotFoundError: No module named 'acme_gone'",
        "the pack 'c' (acme_packs:no) cannot be loaded: AttributeError: module 'acme_packs' has no attribute 'no'",
        "the pack 'd' (acme_packs:failing) cannot be loaded: RuntimeError: no disk",
        "the pack 'e' (acme_packs:number) gives int, where a path is expected",
        "the pack 'f' (acme_bare) is a package without a folder of its own",
        "two installed packages offer a pack 'a'",
    ]


def test_packs_are_looked_up_among_the_installed_entry_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_installed").mkdir()
    (tmp_path / "acme_installed" / "__init__.py").touch()
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[crm_rules.packs]\nacme = acme_installed\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_packs()["acme"] == tmp_path / "acme_installed"
