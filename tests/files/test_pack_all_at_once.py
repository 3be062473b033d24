"""Layout, names, types and cycles of a whole pack are reported together."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.api import Assessor
from crm_rules.errors import RulesetError

FILES = {
    "pack.yaml": "schema: crm-rules/pack/1\nname: small\nversion: 1.0.0\ntitle: Small\nlanguages: [en]\n",
    "conclusions.yaml": "shaky: {title: t, sentence: s, meaning: m, fields: {about: project}}\n",
    "a/layout.yaml": "titel: Layout\nkind: risk\nwhen: [{check: project.strategy_changed}]\nthen: {}\n",
    "a/names.yaml": (
        "title: Names\nkind: conclusion\nstatus: draft\nwhen: [{check: project.strategy_chnged}]\n"
        "then: {conclude: {shaky: {about: project.id}}}\n"
    ),
    "a/asks.yaml": (
        "title: Asks\nkind: conclusion\nstatus: draft\nwhen: [{check: 'raised(\"a.layout\")'}]\n"
        "then: {conclude: {shaky: {about: project.id}}}\n"
    ),
    "a/cycle.yaml": (
        "title: Cycle\nkind: conclusion\nwhen: [{none: s in shaky}]\nthen: {conclude: {shaky: {about: project.id}}}\n"
    ),
}


def test_every_stage_reports_what_it_finds(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesetError) as caught:
        Assessor([tmp_path])
    found = [(Path(p.span.file).name if p.span else "", p.message) for p in caught.value.diagnostics]
    assert ("layout.yaml", "a rule has no key 'titel'") in found
    assert ("names.yaml", "project has no field 'strategy_chnged'") in found
    assert any(file == "cycle.yaml" and "needs an example" in message for file, message in found)
    assert any(
        file == "cycle.yaml" and "negation or aggregation is part of a cycle" in message for file, message in found
    )
    assert not any(file == "asks.yaml" for file, _ in found), "naming a rule that could not be read is no mistake"
