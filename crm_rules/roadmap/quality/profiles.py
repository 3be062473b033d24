"""The profiles there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crm_rules.roadmap.quality.profile_dcma import DCMA
from crm_rules.roadmap.quality.profile_decm import DECM
from crm_rules.roadmap.quality.profile_roadmap import ROADMAP
from crm_rules.roadmap.quality.table import Profile

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType({p.name: p for p in (ROADMAP, DCMA, DECM)})
"""Profile by name, the default first."""
