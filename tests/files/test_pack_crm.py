"""The pack that comes with the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.diagnostics import Diagnostic, render_all
from crm_rules.files.pack import bundled_pack_path
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.model.enums import Actor, enum_type
from crm_rules.model.schema import project_schema
from crm_rules.program.check import Conventions
from crm_rules.program.program import compile_program


@pytest.fixture(scope="module")
def crm() -> Pack:
    """The pack as the model's vocabulary makes it."""
    return load_pack(bundled_pack_path(), project_schema())


def test_every_rule_file_is_a_rule(crm: Pack) -> None:
    folder = bundled_pack_path()
    files = {path.relative_to(folder).with_suffix("") for path in folder.glob("*/**/*.yaml")}
    assert files
    ordered = {f"roadmap.{ordering.id}" for ordering in crm.orderings}
    assert len(ordered) > 30
    assert {d.id for d in crm.drafts} == {".".join(path.parts) for path in files} | ordered
    assert [d.id for d in crm.drafts] == sorted(d.id for d in crm.drafts)


def test_every_rule_belongs_to_the_family_its_folder_names(crm: Pack) -> None:
    assert {d.id for d in crm.drafts if d.family != d.id.partition(".")[0]} == set()


def test_it_compiles_without_warnings(crm: Pack) -> None:
    conventions = Conventions(enum_type(Actor), frozenset(crm.sources), crm.settings)
    warnings: list[Diagnostic] = []
    program = compile_program(crm.drafts, crm.schema, conventions, warnings)
    assert render_all(warnings) == ""
    assert {r.id for r in program.rules} == {d.id for d in crm.drafts if d.status != "draft"}


def test_nothing_of_it_goes_unused(crm: Pack) -> None:
    cited = {source.value.partition("#")[0] for draft in crm.drafts for source in draft.sources}
    concluded = {conclude.relation.value for draft in crm.drafts for conclude in draft.concludes}
    texts = [text for path in crm.documents if Path(path).name != "settings.yaml" for text in _text_of(crm, path)]
    assert set(crm.sources) - cited == set()
    assert set(crm.conclusions) - concluded == set()
    assert {name for name in crm.settings if not any(f"settings.{name}" in text for text in texts)} == set()


def _text_of(pack: Pack, path: str) -> list[str]:
    return pack.documents[path].source.text.splitlines()
