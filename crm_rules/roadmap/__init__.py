"""The roadmap: the dependency graph of a plan, its loops, its schedule and the facts rules read off it.

`analysis.analyse` is the way in; `from_project.plan_of` turns a project into the plan it takes.
"""
