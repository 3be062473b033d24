"""Schedule quality: profiles of checks that count what is wrong with a plan and never pass what they cannot tell.

`check_quality` is the way in; `profiles` holds the tables.
"""

from crm_rules.roadmap.quality.check import check_quality
from crm_rules.roadmap.quality.profiles import PROFILES
from crm_rules.roadmap.quality.results import CheckResult, QualityReport, Verdict
from crm_rules.roadmap.quality.table import Profile, Row
from crm_rules.roadmap.quality.view import Population

__all__ = ["PROFILES", "CheckResult", "Population", "Profile", "QualityReport", "Row", "Verdict", "check_quality"]
