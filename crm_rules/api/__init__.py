"""The whole way from a file to an assessment, by subject: `pipeline`, `packs`, and `subject` with its `guesses`.

Here are the names that commands, tests and the package itself take from this room; nothing is defined here.
"""

from crm_rules.api.packs import (
    BUNDLED_PACK,
    Settings,
    bundled_orderings,
    compile_packs,
    load_packs,
    orderings_of,
    pack_path,
    rule_source,
)
from crm_rules.api.pipeline import Assessor, assess, assess_many, labels
from crm_rules.api.subject import Subject, load_roadmap, load_subject, project_facts, project_in
from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import (
    Conclusion,
    Decides,
    Evidence,
    Finding,
    PackInfo,
    Question,
    Recommendation,
)
from crm_rules.assessment.scales import IMPACT, LEVEL_ORDER, LIKELIHOOD, Level
from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.engine.protocol import Limits, Run
from crm_rules.engine.registry import DEFAULT_ENGINE, FOREIGN_ENGINES, engine_named, installed_engines
from crm_rules.errors import (
    CrmRulesError,
    EngineError,
    LimitReached,
    MissingExtra,
    ProjectError,
    RulesetError,
    UnsupportedByEngine,
)
from crm_rules.explain.derivation import Derivation
from crm_rules.explain.verify import verify
from crm_rules.files.imported import ImportedPlan, StoredResult
from crm_rules.files.plan_import import load_plan
from crm_rules.files.plan_project import ImportedProject, project_of
from crm_rules.files.project import load_project, parse_project
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.files.task_names import bundled_task_names, load_task_names
from crm_rules.model.project import Project
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.change_text import changes_of, task_named
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.kind_names import KindNames
from crm_rules.roadmap.ordering import OrderingResult, check_ordering
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    Estimate,
    LagCalendar,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.quality import PROFILES as QUALITY_PROFILES
from crm_rules.roadmap.quality import QualityReport, check_quality
from crm_rules.roadmap.results import TaskSchedule
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation
from crm_rules.roadmap.what_if import Comparison, ImpossibleChange, what_if
from crm_rules.roadmap.working_time import CalendarException, WorkingCalendar
from crm_rules.rules.draft import ClauseDraft, RuleDraft, Setting, Source
from crm_rules.rules.ordering import Ordering

__all__ = [
    "BUNDLED_PACK",
    "DEFAULT_ENGINE",
    "FOREIGN_ENGINES",
    "IMPACT",
    "LEVEL_ORDER",
    "LIKELIHOOD",
    "QUALITY_PROFILES",
    "Assessment",
    "Assessor",
    "Baseline",
    "CalendarException",
    "ClauseDraft",
    "Comparison",
    "Conclusion",
    "Constraint",
    "ConstraintType",
    "CrmRulesError",
    "Decides",
    "Derivation",
    "Diagnostic",
    "EngineError",
    "Estimate",
    "Evidence",
    "Finding",
    "ImportedPlan",
    "ImportedProject",
    "ImpossibleChange",
    "KindNames",
    "LagCalendar",
    "LagUnit",
    "Level",
    "LimitReached",
    "Limits",
    "LinkType",
    "MissingExtra",
    "NotSimulated",
    "Ordering",
    "OrderingResult",
    "Pack",
    "PackInfo",
    "Plan",
    "PlanLink",
    "PlanTask",
    "Project",
    "ProjectError",
    "QualityReport",
    "Question",
    "Recommendation",
    "Roadmap",
    "RuleDraft",
    "RulesetError",
    "Run",
    "Setting",
    "Settings",
    "Simulation",
    "Source",
    "Span",
    "StoredResult",
    "Subject",
    "TaskSchedule",
    "TaskState",
    "UnsupportedByEngine",
    "WorkingCalendar",
    "analyse",
    "assess",
    "assess_many",
    "bundled_orderings",
    "bundled_task_names",
    "changes_of",
    "check_ordering",
    "check_quality",
    "compile_packs",
    "engine_named",
    "installed_engines",
    "labels",
    "load_pack",
    "load_packs",
    "load_plan",
    "load_project",
    "load_roadmap",
    "load_subject",
    "load_task_names",
    "orderings_of",
    "pack_path",
    "parse_project",
    "plan_of",
    "project_facts",
    "project_in",
    "project_of",
    "rule_source",
    "simulate",
    "task_named",
    "verify",
    "what_if",
]
