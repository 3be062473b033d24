"""Values and conditions of one function.

Every condition is generated sure or loose. What has no short form here calls the helpers of
`rules.semantics`, so that there is one meaning only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from crm_rules.engine.codegen.frame import FLIPPED, Frame, Mode, RowVar, Scope, stated
from crm_rules.facts.schema import Kind
from crm_rules.program.plan import Probe, choose_probe, conjuncts
from crm_rules.rules.expressions import (
    MIRRORED,
    Aggregate,
    And,
    Arith,
    AtLeast,
    Call,
    Compare,
    CompareOp,
    Const,
    Expr,
    Field,
    In,
    Known,
    Local,
    Not,
    Or,
    Raised,
    names,
    walk,
)

OPPOSITE: dict[CompareOp, CompareOp] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(slots=True)
class Conditions(Frame):
    """Generates values and conditions."""

    # -- values -----------------------------------------------------------------------------

    def value(self, expr: Expr, scope: Scope) -> str:
        """Code for the three-valued value of an expression."""
        match expr:
            case Field():
                return self.column(expr, scope)
            case Const(value=value):
                return self.constant(value)
            case Local(name=name):
                bound = scope[name]
                assert isinstance(bound, str)
                return bound
            case Arith(op=op, left=left, right=right):
                return f"arithmetic({op!r}, {self.value(left, scope)}, {self.value(right, scope)})"
            case Call(function=function, args=args) if function != "overlap":
                listed = ", ".join(self.value(a, scope) for a in args)
                return f"call({function!r}, ({listed},))"
            case Aggregate():
                return self.aggregate(expr, scope)
            case _:
                sure, loose = self.condition(expr, "sure", scope), self.condition(expr, "loose", scope)
                return f"(True if {sure} else None if {loose} else False)"

    def aggregate(self, expr: Aggregate, scope: Scope) -> str:
        """The variable that holds an aggregate, and statements that compute it unless that was done just before."""
        return self.once(("value", expr, *self.bound_to(expr, scope)), lambda: self.compute_aggregate(expr, scope))

    def bound_to(self, expr: Expr, scope: Scope) -> tuple[str, ...]:
        """The variables that hold what an expression reads."""
        bound = (scope[n] for n in sorted(names(expr)))
        return tuple(b.name if isinstance(b, RowVar) else b for b in bound)

    def compute_aggregate(self, expr: Aggregate, scope: Scope) -> str:
        """Statements that compute an aggregate; returns the variable that holds it."""
        if expr.function == "count":
            low, high = self.count(expr, "sure", scope), self.count(expr, "loose", scope)
            result = self.fresh("t")
            self.lines.put(f"{result} = interval({low}, {high})")
            return result
        members, result = self.fresh("t"), self.fresh("t")
        row = RowVar(self.fresh("r"), expr.relation, loose=True)
        inner: Scope = {**scope, expr.var: row}
        certain: Scope = {**scope, expr.var: replace(row, loose=False)}
        self.lines.put(f"{members} = []")
        probe, filters = self.probe(expr, scope)
        value = expr.value
        assert value is not None
        plain = isinstance(value, Field) and self.has_value(value) and value.column.type.kind is not Kind.KEY
        with self.lines.block(f"for {row.name} in {self.source(expr.relation, probe, 'loose', scope)}:"):
            with self.conditions(filters, "loose", inner):
                # One member that is not certain leaves everything open.
                tests = self.beyond_loose([c for w in expr.where for c in conjuncts(w)], certain)
                if tests is None:
                    flag = self.fresh("t")
                    self.lines.put(f"{flag} = True")
                    with self.conditions(expr.where, "sure", certain, first=self.is_certain(row)):
                        self.lines.put(f"{flag} = False")
                    header = f"if {flag}:"
                else:
                    known = [f"{self.value(value, certain)} is not None"] if plain else []
                    listed = self.is_certain(row)
                    assert listed is not None
                    header = f"if {' or '.join(_opposite(t) for t in (listed, *tests, *known))}:"
                with self.lines.block(header):
                    self.lines.put(f"{members} = None")
                    self.lines.put("break")
                self.lines.put(f"{members}.append({self.value(value, certain)})")
        short = _TOTALS.get(expr.function) if plain and tests is not None else None
        total = short.format(members) if short else f"total({expr.function!r}, {members})"
        self.lines.put(f"{result} = None if {members} is None else {total}")
        self.totals.add(result)
        return result

    def count(self, expr: Aggregate, mode: Mode, scope: Scope) -> str:
        """The variable that holds the number of sure or loose matches, and statements that count unless done."""
        count = self.count_sure if mode == "sure" else self.count_loose
        return self.once((mode, expr, *self.bound_to(expr, scope)), lambda: count(expr, scope))

    def count_sure(self, expr: Aggregate, scope: Scope) -> str:
        """Statements that count certain matches."""
        number = self.fresh("t")
        row = RowVar(self.fresh("r"), expr.relation)
        probe, filters = self.probe(expr, scope)
        source = self.source(expr.relation, probe, "sure", scope)
        if not filters:
            self.lines.put(f"{number} = len({source})")
            return number
        self.lines.put(f"{number} = 0")
        with self.lines.block(f"for {row.name} in {source}:"):
            with self.conditions(filters, "sure", {**scope, expr.var: row}):
                self.lines.put(f"{number} += 1")
        return number

    def count_loose(self, expr: Aggregate, scope: Scope) -> str:
        """Statements that count possible matches; what stands for many counts without bound."""
        number = self.fresh("t")
        row = RowVar(self.fresh("r"), expr.relation, loose=True)
        probe, filters = self.probe(expr, scope)
        source = self.source(expr.relation, probe, "loose", scope)
        many = f"is_open({row.name})"
        if not self.derived(expr.relation):
            many = f"{row.name} is {self.placeholder(expr.relation)}"
        self.lines.put(f"{number} = 0")
        with self.lines.block(f"for {row.name} in {source}:"):
            with self.conditions(filters, "loose", {**scope, expr.var: row}):
                self.lines.put(f"{number} += inf if {many} else 1")
        return number

    def probe(self, expr: Aggregate, scope: Scope) -> tuple[Probe | None, tuple[Expr, ...]]:
        """The index lookup for an aggregate, and the conditions it leaves."""
        where = [c for w in expr.where for c in conjuncts(w)]
        return choose_probe(expr.var, where, frozenset(n for n, v in scope.items() if isinstance(v, RowVar)))

    # -- conditions -------------------------------------------------------------------------

    def condition(self, expr: Expr, mode: Mode, scope: Scope) -> str:
        """Code that is true where the condition is true (sure) or not false (loose)."""
        match expr:
            case And(items=items):
                return "(" + " and ".join(self.condition(i, mode, scope) for i in items) + ")"
            case Or(items=(Known(item=Field() as item), Compare(op=op, right=limit))) if two_valued(expr):
                if not self.has_value(item) or item.column.type.kind is Kind.KEY:
                    return self.either_of(expr.items, mode, scope)
                # The phase gate: behind "x is unknown or", x is known.
                column = self.column(item, scope)
                return f"({column} is None or {column} {op} {self.value(limit, scope)})"
            case Or(items=items):
                return self.either_of(items, mode, scope)
            case Not(item=item):
                return self.negation(item, mode, scope)
            case Field():
                return self.flag(expr, True, mode, scope)
            case Const(value=value):
                return repr(bool(value))
            case Compare():
                return self.comparison(expr, mode, scope)
            case In():
                return self.membership(expr, mode, scope)
            case Known():
                return self.knowledge(expr, scope)
            case Raised(rules=rules):
                flags = "sure_flags" if mode == "sure" else "loose_flags"
                positions = [self.program.by_id[r] for r in rules if r in self.program.by_id]
                if not positions:
                    return "False"
                self.need(flags, f"state.{flags}")
                if mode == "loose":
                    self.looked_at.update(("rule", r) for r in rules)
                return "(" + " or ".join(f"{flags}[{p}]" for p in positions) + ")"
            case AtLeast(count=count, items=items):
                terms = " + ".join(f"(1 if {self.condition(i, mode, scope)} else 0)" for i in items)
                return f"({terms} >= {count})"
            case Call(function="overlap"):
                code = self.overlap(expr, scope)
                return f"({code} is True)" if mode == "sure" else f"({code} is not False)"
            case _:
                value = self.value(expr, scope)
                return f"({value} is True)" if mode == "sure" else f"({value} not in NEVER)"

    def either_of(self, items: Sequence[Expr], mode: Mode, scope: Scope) -> str:
        """A disjunction."""
        return "(" + " or ".join(self.condition(i, mode, scope) for i in items) + ")"

    def negation(self, item: Expr, mode: Mode, scope: Scope) -> str:
        """A negated condition, pushed inwards where that makes shorter code."""
        match item:
            case Field():
                return self.flag(item, False, mode, scope)
            case Not(item=inner):
                return self.condition(inner, mode, scope)
            case Compare(op="==" | "!=" as op) if self.simple(item, scope):
                return self.comparison(replace(item, op=OPPOSITE[op]), mode, scope)
            case _:
                return f"(not {self.condition(item, FLIPPED[mode], scope)})"

    def flag(self, f: Field, wanted: bool, mode: Mode, scope: Scope) -> str:
        """A boolean column as a condition."""
        column = self.column(f, scope)
        if wanted and mode == "sure":
            return column if self.has_value(f) else f"{column} is True"
        if wanted is (mode == "loose") and not self.has_value(f):
            # A missing value counts as false.
            return f"{column} {'not in' if wanted else 'in'} NEVER"
        return f"{column} is {wanted}" if mode == "sure" else f"{column} is not {not wanted}"

    def overlap(self, expr: Expr, scope: Scope) -> str:
        """`overlap(a, b)`."""
        assert isinstance(expr, Call)
        return f"overlap({self.value(expr.args[0], scope)}, {self.value(expr.args[1], scope)})"

    def knowledge(self, expr: Known, scope: Scope) -> str:
        """`x is known` or `x is unknown`."""
        item = expr.item
        if isinstance(item, Field) and self.has_value(item) and item.column.type.kind is not Kind.KEY:
            return f"{self.column(item, scope)} is {'' if expr.negated else 'not '}None"
        code = f"is_known({self.value(item, scope)})"
        return f"(not {code})" if expr.negated else code

    def simple(self, expr: Compare, scope: Scope) -> bool:
        """Whether both sides are literals or columns that always have a value, which have short forms."""
        for side in (expr.left, expr.right):
            if isinstance(side, Const):
                continue
            if not isinstance(side, Field) or not self.has_value(side) or isinstance(scope.get(side.var), str):
                return False
        return True

    def comparison(self, expr: Compare, mode: Mode, scope: Scope) -> str:
        """A comparison."""
        for side, other, op in (
            (expr.left, expr.right, expr.op),
            (expr.right, expr.left, MIRRORED[expr.op]),
        ):
            if isinstance(side, Aggregate) and side.function == "count" and isinstance(other, Const):
                return self.count_comparison(side, op, other, mode, scope)
        if not self.simple(expr, scope):
            left_code, right_code = self.value(expr.left, scope), self.value(expr.right, scope)
            if left_code in self.totals and isinstance(expr.right, Const):
                return _total_comparison(left_code, expr.op, right_code, mode)
            if right_code in self.totals and isinstance(expr.left, Const):
                return _total_comparison(right_code, MIRRORED[expr.op], left_code, mode)
            code = f"compare({expr.op!r}, {left_code}, {right_code})"
            return f"({code} is True)" if mode == "sure" else f"({code} is not False)"
        left, right = expr.left, expr.right
        if isinstance(left, Const):
            left, right, op = right, left, MIRRORED[expr.op]
        else:
            op = expr.op
        if isinstance(left, Const):
            return self.constant(left.value) + f" {op} " + self.constant(right.value)  # type: ignore[union-attr]
        assert isinstance(left, Field)
        if isinstance(right, Const):
            return self.constant_comparison(left, op, right, mode, scope)
        assert isinstance(right, Field)
        return self.column_comparison(left, op, right, mode, scope)

    def constant_comparison(self, f: Field, op: CompareOp, const: Const, mode: Mode, scope: Scope) -> str:
        """A column against a literal."""
        column = self.column(f, scope)
        if isinstance(const.value, bool):
            return self.flag(f, const.value is (op == "=="), mode, scope)
        test = f"{column} {op} {self.constant(const.value)}"
        if not self.nullable(f, scope):
            return test
        # None == k is false and None != k is true in Python, which is already sure, respectively loose.
        if (op == "==" and mode == "sure") or (op == "!=" and mode == "loose"):
            return test
        return f"({column} is not None and {test})" if mode == "sure" else f"({column} is None or {test})"

    def column_comparison(self, left: Field, op: CompareOp, right: Field, mode: Mode, scope: Scope) -> str:
        """A column against a column."""
        a, b = self.column(left, scope), self.column(right, scope)
        test = f"{a} {op} {b}"
        unknown = [c for c, f in ((a, left), (b, right)) if self.nullable(f, scope)]
        both_unnamed = (
            left.column.type.kind is Kind.KEY and self.row(scope, left.var).loose and self.row(scope, right.var).loose
        )
        if mode == "sure":
            # Equal columns of which one is known are both known.
            guards = [f"{c} is not None" for c in (unknown[:1] if op == "==" and len(unknown) == 2 else unknown)]
            if op == "==" and len(unknown) < 2:
                guards = []
            if op == "==" and both_unnamed:
                guards.append(f"{a} is not UNNAMED")
            return "(" + " and ".join([*guards, test]) + ")" if guards else test
        guards = [f"{c} is None" for c in unknown]
        if op == "!=" and both_unnamed:
            guards.append(f"{a} is UNNAMED and {b} is UNNAMED")
        return "(" + " or ".join([*guards, test]) + ")" if guards else test

    def count_comparison(self, expr: Aggregate, op: CompareOp, other: Const, mode: Mode, scope: Scope) -> str:
        """A count against a literal: usually one bound of the interval is enough."""
        if mode == "loose":
            return f"(not {self.count_comparison(expr, OPPOSITE[op], other, 'sure', scope)})"
        limit = self.constant(other.value)
        match op:
            case ">" | ">=":
                return f"{self.count(expr, 'sure', scope)} {op} {limit}"
            case "<" | "<=":
                return f"{self.count(expr, 'loose', scope)} {op} {limit}"
            case "==":
                return f"({self.count(expr, 'sure', scope)} == {self.count(expr, 'loose', scope)} == {limit})"
            case _:
                low, high = self.count(expr, "sure", scope), self.count(expr, "loose", scope)
                return f"({low} > {limit} or {high} < {limit})"

    def membership(self, expr: In, mode: Mode, scope: Scope) -> str:
        """Membership in a literal list or in a set of a stated fact."""
        item, container = expr.item, expr.container
        plain = isinstance(item, Const) or (isinstance(item, Field) and self.has_value(item))
        if isinstance(container, Const) and plain and isinstance(item, Field):
            code = f"{self.column(item, scope)} in {self.constant(container.value)}"
            if mode == "sure" or not self.nullable(item, scope):
                return code
            return f"({self.column(item, scope)} is None or {code})"
        if isinstance(container, Field) and stated(container) and plain:
            members = self.column(container, scope)
            member = self.value(item, scope)
            code = f"{member} in {members}"
            unknown = isinstance(item, Field) and self.nullable(item, scope)
            if mode == "sure":
                return f"({members} is not None and {code})"
            maybe = f" or ({member} is None and {members} != ())" if unknown else ""
            return f"({members} is None{maybe} or {code})"
        code = f"contains({self.value(container, scope)}, {self.value(item, scope)})"
        return f"({code} is True)" if mode == "sure" else f"({code} is not False)"

    @contextmanager
    def conditions(self, exprs: Sequence[Expr], mode: Mode, scope: Scope, first: str | None = None) -> Iterator[None]:
        """Open the `if`s under which all conditions hold; what follows stands inside them."""
        depth = self.lines.depth
        pending = [first] if first else []

        def flush() -> None:
            if pending:
                self.lines.put(f"if {' and '.join(pending)}:")
                self.lines.depth += 1
                pending.clear()

        for expr in exprs:
            if any(isinstance(e, Aggregate) for e in walk(expr)):
                flush()  # an aggregate is computed by statements, so earlier tests go first
            pending.append(self.condition(expr, mode, scope))
        flush()
        yield
        self.lines.depth = depth

    # -- what loose code leaves open ----------------------------------------------------------

    def beyond_loose(self, exprs: Sequence[Expr], scope: Scope) -> list[str] | None:
        """Tests under which conditions that are not false are true, for certain facts; None if they take statements.

        A comparison of stated values that is not false can only be unknown because one of them is.
        """
        found: list[str] = []
        for expr in exprs:
            fields = self.unknown_fields(expr, scope)
            if fields is not None:
                found += [f"{self.column(f, scope)} is not None" for f in fields if self.nullable(f, scope)]
            elif has_aggregate(expr):
                return None
            else:
                found.append(self.condition(expr, "sure", scope))
        return found

    def unknown_fields(self, expr: Expr, scope: Scope) -> list[Field] | None:
        """The fields but for which a condition is two-valued; None where that is not all there is to it."""
        match expr:
            case Not(item=Field() | Compare() as item):
                return self.unknown_fields(item, scope)
            case Field() if self.has_value(expr):
                return [expr]
            case Compare(left=left, right=right) if self.simple(expr, scope):
                fields = [side for side in (left, right) if isinstance(side, Field)]
                # Two unnamed keys may or may not be the same.
                return None if len(fields) == 2 and all(self.row(scope, f.var).loose for f in fields) else fields
            case In(item=Const() | Field() as item, container=Const() | Field() as container):
                fields = [side for side in (item, container) if isinstance(side, Field)]
                if isinstance(container, Field) and not stated(container):
                    return None
                return fields if all(self.has_value(f) for f in fields) else None
            case _:
                return [] if two_valued(expr) else None


def has_aggregate(expr: Expr) -> bool:
    """Whether computing an expression takes statements."""
    return any(isinstance(e, Aggregate) for e in walk(expr))


def two_valued(expr: Expr) -> bool:
    """Whether a condition is never unknown, so that loose code is sure already."""
    if isinstance(expr, Or) and len(expr.items) == 2:
        # The phase gate: "x is unknown or x >= k".
        known, other = expr.items
        if isinstance(known, Known) and known.negated and isinstance(other, Compare):
            return known.item == other.left and isinstance(other.right, Const)
    return isinstance(expr, Known)


def _opposite(test: str) -> str:
    """Code for a failing test, without a `not` where it reads better."""
    words = test.split(" ")
    if len(words) == 4 and words[1:3] == ["is", "not"]:
        return f"{words[0]} is {words[3]}"
    return f"not {test}" if test.startswith("(") else f"not ({test})"


_TOTALS: dict[str, str] = {
    "sum": "added({0})",
    "min": "(min({0}) if {0} else NO_VALUE)",
    "max": "(max({0}) if {0} else NO_VALUE)",
    "share": "(sum({0}) / len({0}) if {0} else NO_VALUE)",
}
"""Totals of known members; see `semantics.total`."""


def _total_comparison(total: str, op: CompareOp, limit: str, mode: Mode) -> str:
    """A total, which may be unknown or missing but is never an interval, against a literal."""
    test = f"{total} {op} {limit}"
    if op not in ("==", "!="):
        test = f"{total} is not NO_VALUE and {test}"
    # Python finds None and NO_VALUE different from everything.
    if (op == "==" and mode == "sure") or (op == "!=" and mode == "loose"):
        return f"({test})"
    return f"({total} is not None and {test})" if mode == "sure" else f"({total} is None or ({test}))"
