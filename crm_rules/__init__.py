"""crm_rules: an expert system for CRM introduction projects.

A project file becomes facts, rules derive what endangers the project, and everything that is
concluded is explained down to the facts:

    import crm_rules as cr

    project = cr.load_project("project.yaml")
    assessment = cr.Assessor().assess(project)
    for finding in assessment.risks:
        print(finding.level, finding.title)
"""

from crm_rules.api import (
    Assessment,
    Assessor,
    Conclusion,
    CrmRulesError,
    Decides,
    Derivation,
    Diagnostic,
    EngineError,
    Evidence,
    Finding,
    LimitReached,
    Limits,
    Pack,
    PackInfo,
    Project,
    ProjectError,
    Question,
    Recommendation,
    Roadmap,
    RulesetError,
    Run,
    Span,
    UnsupportedByEngine,
    assess,
    assess_many,
    installed_engines,
    load_pack,
    load_project,
    parse_project,
    project_facts,
    verify,
)

__all__ = [
    "Assessment",
    "Assessor",
    "Conclusion",
    "CrmRulesError",
    "Decides",
    "Derivation",
    "Diagnostic",
    "EngineError",
    "Evidence",
    "Finding",
    "LimitReached",
    "Limits",
    "Pack",
    "PackInfo",
    "Project",
    "ProjectError",
    "Question",
    "Recommendation",
    "Roadmap",
    "RulesetError",
    "Run",
    "Span",
    "UnsupportedByEngine",
    "assess",
    "assess_many",
    "installed_engines",
    "load_pack",
    "load_project",
    "parse_project",
    "project_facts",
    "verify",
]
