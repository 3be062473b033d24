"""Findings somebody has decided to accept, and on whose word."""

from __future__ import annotations

from pydantic import Field

from crm_rules.model.base import Date, Record, Text, fact


class Waiver(Record):
    """Accepted finding (PMBOK: risk acceptance)."""

    rule: Text = Field(description="id of the rule whose findings are accepted")
    about: Text | None = fact(
        "id of the entry, or name of the section, the finding is about", blank="all findings of the rule"
    )
    reason: Text = Field(description="why the finding is accepted")
    approved_by: Text = Field(description="who answers for accepting it")
    expires: Date | None = fact("last day on which the waiver counts", blank="it does not expire")
