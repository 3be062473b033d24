"""The formats an assessment can be written in: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crm_rules.assessment.assessment import Assessment
from crm_rules.report.text import text_report
from crm_rules.report.view import View


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing an assessment.

    Attributes:
        render: the assessment as text, every line ended; the same for equal arguments.
        suffix: what names of such files end in.
    """

    render: Callable[[Assessment, View], str]
    suffix: str


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "text": Format(text_report, ".txt"),
        "json": Format(lambda assessment, _: assessment.to_json(), ".json"),
    }
)

DEFAULT_FORMAT: Final = "text"


def format_of_file(name: str) -> str:
    """The format the name of a file asks for; the default one when it asks for none."""
    return next((f for f, row in FORMATS.items() if name.lower().endswith(row.suffix)), DEFAULT_FORMAT)
