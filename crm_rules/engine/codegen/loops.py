"""Whole rules as statements: alone, in a loop that several rules share, or in a recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from crm_rules.engine.codegen.conditions import has_aggregate, two_valued
from crm_rules.engine.codegen.frame import Leaf, Mode, RowVar, Scope, tuple_of
from crm_rules.engine.codegen.steps import Generator, own_conditions
from crm_rules.program.plan import Define, Either, Exists, Scan, Step, Test
from crm_rules.program.program import Program
from crm_rules.program.stratify import reads
from crm_rules.rules.expressions import Expr, Field, walk


def alone(generator: Generator, position: int, steps: Sequence[Step]) -> None:
    """Statements for one rule by itself."""
    generator.position = position
    generator.lines.put(f"# {generator.program.rules[position].id}")
    scope = generator.scope()
    witnesses: dict[int, str] = {}
    if generator.full:
        generator.steps(steps, "loose", scope, lambda: _classify(generator, steps, _Ahead(scope)), {})
    else:
        generator.steps(steps, "sure", scope, lambda: generator.record("certain", scope, witnesses), witnesses)


@dataclass(slots=True)
class _Ahead:
    """What was found out about a rule before its loop.

    Attributes:
        scope: what is bound.
        ready: test that the conditions that no loop changes hold in the mode of the loop; None when there are none.
        certain: test that they hold for certain; None when they do whenever they are ready.
        witnesses: witnesses found on the way.
    """

    scope: Scope
    ready: str | None = None
    certain: str | None = None
    witnesses: dict[int, str] = field(default_factory=dict)


def _classify(generator: Generator, steps: Sequence[Step], ahead: _Ahead) -> None:
    """Take down a loose match of some steps, and of those ahead of them, as certain or as possible."""
    scope = ahead.scope
    known = [ahead.certain] if ahead.certain else []
    tests = generator.certainty(steps, scope)
    if tests is None:
        open_ = generator.fresh("t")
        generator.lines.put(f"{open_} = True")

        def certain(inner: Scope, witnesses: dict[int, str]) -> None:
            generator.lines.put(f"{open_} = False")
            generator.record("certain", inner, {**ahead.witnesses, **witnesses})

        with generator.under(known):
            generator.sure_core(steps, scope, certain)
        with generator.lines.block(f"if {open_}:"):
            generator.record("possible", scope, {})
    elif known or tests:
        with generator.under(known + tests):
            generator.record("certain", generator.certain_scope(steps, scope), ahead.witnesses)
        with generator.lines.block("else:"):
            generator.record("possible", scope, {})
    else:
        generator.record("certain", generator.certain_scope(steps, scope), ahead.witnesses)


# -- loops that rules share -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looped:
    """A rule whose plan loops: the steps before its first loop, the loop, and the steps inside."""

    position: int
    before: tuple[Step, ...]
    scan: Scan
    after: tuple[Step, ...]


def together(generator: Generator, relation: str, rules: Sequence[Looped]) -> None:
    """One loop over a relation for all rules that start with it."""
    mode: Mode = "loose" if generator.full else "sure"
    ahead = [_ahead(generator, rule, mode) for rule in rules]
    row = RowVar(generator.fresh("r"), relation, loose=generator.full)
    used = sorted({column for rule in rules for column in _used_columns(generator.program, rule)})
    columns = {i: generator.column_name(row.name, relation, i) for i in used}
    row = replace(row, columns=columns)
    generator.scans, generator.shared, generator.joined = 1, True, False
    with generator.lines.block(f"for {row.name} in {generator.rows(relation, mode)}:"):
        width = len(generator.program.schema.relations[relation].columns)
        # Taking a row apart is faster than looking up its columns one by one, unless most are of no use.
        if used and 3 * len(used) >= width:
            generator.lines.put(f"{tuple_of([columns.get(i, '_') for i in range(width)])} = {row.name}")
        else:
            for i, name in columns.items():
                generator.lines.put(f"{name} = {row.name}[{i}]")
        _under_shared_tests(generator, [_guarded(generator, r, a, row) for r, a in zip(rules, ahead, strict=True)])
        if generator.joined:
            generator.limit()
    generator.scans, generator.shared = 0, False


def _ahead(generator: Generator, rule: Looped, mode: Mode) -> _Ahead:
    """Statements for the steps of a rule that come before its loop."""
    generator.position = rule.position
    ahead = _Ahead(generator.scope())
    if not rule.before:
        return ahead
    exprs = [s.expr for s in rule.before if isinstance(s, Test) and not has_aggregate(s.expr)]
    if len(exprs) == len(rule.before):
        ahead.ready = generator.needs("g", " and ".join(generator.condition(e, mode, ahead.scope) for e in exprs))
        if mode == "loose" and not all(two_valued(e) for e in exprs):
            surely = [generator.condition(e, "sure", ahead.scope) for e in exprs]
            ahead.certain = generator.needs("g", " and ".join(surely))
        return ahead
    generator.lines.put(f"# {generator.program.rules[rule.position].id}")
    if mode == "sure":
        ahead.ready = _flag(
            generator, lambda leaf: generator.steps(rule.before, mode, ahead.scope, leaf, ahead.witnesses)
        )
        return ahead
    ahead.ready = _flag(generator, lambda leaf: generator.steps(rule.before, mode, ahead.scope, leaf, {}))

    def for_certain(leaf: Leaf) -> None:
        def found(_: Scope, witnesses: dict[int, str]) -> None:
            ahead.witnesses.update(witnesses)
            leaf()

        with generator.under([ahead.ready or "True"]):
            generator.sure_core(rule.before, ahead.scope, found)

    ahead.certain = _flag(generator, for_certain)
    return ahead


def _flag(generator: Generator, statements: Callable[[Leaf], None]) -> str:
    """A variable that says whether the core of statements was reached."""
    flag = generator.fresh("t")
    generator.lines.put(f"{flag} = False")
    statements(lambda: generator.lines.put(f"{flag} = True"))
    return flag


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Statements and the tests under which they stand."""

    tests: tuple[str, ...]
    put: Leaf


def _guarded(generator: Generator, rule: Looped, ahead: _Ahead, row: RowVar) -> _Guarded:
    """A rule inside the loop it shares."""
    ahead.scope[rule.scan.var] = row
    mode: Mode = "loose" if generator.full else "sure"
    conditions = own_conditions(rule.scan)
    tests = [generator.condition(c, mode, ahead.scope) for c in conditions if not has_aggregate(c)]

    def leaf() -> None:
        if generator.full:
            _classify(generator, (rule.scan, *rule.after), ahead)
        else:
            generator.record("certain", ahead.scope, ahead.witnesses)

    def put() -> None:
        generator.position = rule.position
        generator.lines.put(f"# {generator.program.rules[rule.position].id}")
        with generator.conditions([c for c in conditions if has_aggregate(c)], mode, ahead.scope):
            generator.steps(rule.after, mode, ahead.scope, leaf, {} if generator.full else ahead.witnesses)

    return _Guarded(tuple(dict.fromkeys([ahead.ready, *tests] if ahead.ready else tests)), put)


def _under_shared_tests(generator: Generator, rules: Sequence[_Guarded]) -> None:
    """The rules under their tests; what several rules test is tested once."""
    left = list(rules)
    while left:
        common = Counter(test for rule in left for test in rule.tests)
        test, times = max(common.items(), key=lambda item: item[1], default=("", 0))
        if times < 2:
            for rule in left:
                with generator.under(rule.tests):
                    rule.put()
            return
        with generator.under([test]):
            inside = [_Guarded(tuple(t for t in r.tests if t != test), r.put) for r in left if test in r.tests]
            _under_shared_tests(generator, inside)
        left = [r for r in left if test not in r.tests]


def _used_columns(program: Program, rule: Looped) -> Iterator[int]:
    """Columns of the first fact a rule uses."""
    concluded = (v for c in program.rules[rule.position].concludes for v in c.values)
    for expr in (*_expressions((rule.scan, *rule.after)), *concluded):
        for part in walk(expr):
            # Another clause may give the name to a fact of another relation.
            if isinstance(part, Field) and (part.var, part.relation) == (rule.scan.var, rule.scan.relation):
                yield part.index


def _expressions(steps: Sequence[Step]) -> Iterator[Expr]:
    for step in steps:
        match step:
            case Test(expr=expr) | Define(expr=expr):
                yield expr
            case Scan(probe=probe, filters=filters) | Exists(probe=probe, filters=filters):
                if probe is not None:
                    yield probe.condition
                yield from filters
            case Either(alternatives=alternatives):
                for alternative in alternatives:
                    yield from _expressions(alternative)


# -- recursion --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the two fixpoints of a recursive stratum: first the certain one, then the possible one.

    Attributes:
        mode: which of them.
        again: whether the other one follows, which must not record certain firings again.
    """

    mode: Mode
    again: bool = False


def reactive(program: Program, position: int) -> bool:
    """Whether a rule of a recursive stratum looks at it through `some`, `any` or raised(), so that it is run again."""
    stratum = program.strata[program.stratum_of[position]]
    own = {("relation", name) for name in stratum.relations} | {("rule", program.rules[p].id) for p in stratum.rules}
    looks = sum(read.node in own for read in reads(program.rules[position]))
    return looks > sum(e.relation in stratum.relations for e in program.rules[position].eaches)


def recursive(generator: Generator, position: int, steps: Sequence[Step], phase: Phase, new: bool) -> None:
    """Statements for one rule of a recursive stratum; with `new`, its first loop runs over new facts only."""
    generator.position = position
    rule = generator.program.rules[position]
    scope = generator.scope()
    witnesses: dict[int, str] = {}
    loose = phase.mode == "loose"
    # A rule that joins one fact of its stratum meets every match once: when that fact is new.
    once = not reactive(generator.program, position) and sum(e.relation in generator.own for e in rule.eaches) == 1

    def leaf() -> None:
        if once and not loose and not phase.again:
            generator.record("certain", scope, witnesses)
            return
        rows = tuple_of([generator.row(scope, e.var).name for e in rule.eaches])
        seen = generator.need(f"seen_{position}", f"state.seen[{position}]")
        if once and not loose:
            generator.lines.put(f"{seen}.add({rows})")
            generator.record("certain", scope, witnesses)
            return
        match = generator.fresh("t")
        generator.lines.put(f"{match} = {rows}")
        with generator.under([f"{match} not in {seen}"]):
            if not once:
                generator.lines.put(f"{seen}.add({match})")
            generator.record("possible" if loose else "certain", scope, witnesses)

    if not new:
        generator.steps(steps, phase.mode, scope, leaf, witnesses)
        return
    first = next(i for i, s in enumerate(steps) if isinstance(s, Scan))
    scan = steps[first]
    assert isinstance(scan, Scan)

    def over_new_facts() -> None:
        row = RowVar(generator.fresh("r"), scan.relation, loose=loose)
        rows = generator.need(f"n_{scan.relation}", f"state.new[{scan.relation!r}]")
        with generator.lines.block(f"for {row.name} in {rows}:"):
            scope[scan.var] = row
            with generator.conditions(own_conditions(scan), phase.mode, scope):
                generator.steps(steps[first + 1 :], phase.mode, scope, leaf, witnesses)

    generator.steps(steps[:first], phase.mode, scope, over_new_facts, witnesses)
