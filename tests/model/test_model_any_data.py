"""Whatever comes in: a project or problems, never an accident."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_rules.diagnostics import render_all
from crm_rules.model.problems import diagnostics_of
from crm_rules.model.project import Project, validate_project
from crm_rules.model.schema import project_schema

RELATIONS = project_schema().relations
FIELDS = sorted({c.name for r in RELATIONS.values() for c in r.columns} | {"after", "rule", "reason", "approved_by"})
MEMBERS = sorted({m for r in RELATIONS.values() for c in r.columns if c.type.enum for m in c.type.enum.members})

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(MEMBERS)
    | st.sampled_from(["a", "b", "c", "a SS+3d", "2026-03-02", "70 %", "crm-rules/project/1", *RELATIONS])
)
values = scalars | st.lists(scalars, max_size=3)
records = st.dictionaries(st.sampled_from(FIELDS) | st.sampled_from(["id"]), values, max_size=6)
entries = st.builds(lambda key, fields: {"id": key, **fields}, st.sampled_from("abc"), records)
parts = values | records | st.lists(values | records | entries, max_size=3) | st.lists(entries, max_size=3)
names = st.sampled_from([*RELATIONS, "schema", "as_of", "incomplete", "waivers"]) | st.text(max_size=3)
anything = st.dictionaries(names, parts, max_size=5) | parts


@settings(max_examples=300)
@given(anything)
def test_any_data_is_a_project_or_has_problems_that_can_be_shown(data: Any) -> None:
    project, problems = validate_project(data)
    assert (project is None) == bool(problems)
    assert render_all(diagnostics_of(problems, data)) or not problems
    for problem in problems:
        assert not problem.message.endswith(".")
        assert problem.message.split()[0] not in {"Input", "Field", "Extra", "Keys", "Value", "String"}
    if project is not None:
        again = project.model_dump(mode="json", by_alias=True)
        assert Project.from_dict(again) == project


@given(st.dictionaries(names, parts, max_size=5))
def test_the_order_of_keys_changes_nothing(data: dict[str, Any]) -> None:
    forwards = validate_project(data)
    backwards = validate_project(dict(reversed(data.items())))
    assert forwards[0] == backwards[0]
    assert sorted(map(repr, forwards[1])) == sorted(map(repr, backwards[1]))
