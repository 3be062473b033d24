"""One authored document, in whichever format its file name says."""

from __future__ import annotations

from crm_rules.diagnostics import Diagnostic
from crm_rules.files.json_text import parse_json
from crm_rules.files.nodes import Node
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText
from crm_rules.files.yaml_text import parse_yaml


def parse_document(source: SourceText, problems: list[Diagnostic], limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """Read a text as JSON when its file name ends in `.json`, else as YAML.

    See `parse_json` and `parse_yaml` for what is returned and what is added to `problems`.
    """
    if source.file.lower().endswith(".json"):
        return parse_json(source, problems, limits)
    return parse_yaml(source, problems, limits)
