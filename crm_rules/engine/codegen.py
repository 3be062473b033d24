"""Python source for the rules of a stratum: loops, index lookups and inlined tests.

Every condition is generated in one of two modes. *Sure* code is true where the condition is
true; *loose* code is true where it is not false. A rule's loose loops find every possible
firing; the sure tests at their core tell the certain ones apart. Conditions the generator
has no short form for call the helpers of `rules.semantics`, so there is one meaning only.

The generated names: `c_x`, `p_x` rows of relation x that are certain, and all that are
possible; `h_x` the row that stands for unlisted entries, None where there are none; `s_x` the row
of a section, `s_x_y` a field of it; `k_x` certain rows by key, `i_x_y` certain rows by column y,
`j_x_y` possible rows by column y with `u_x_y` for keys nobody states; `m…` keys of matching rows;
`g…` conditions that no loop changes; `r…` rows, `r…_y` their columns, `t…` temporaries, `w…`
witnesses, `l…` values of `let`; `fired` and `maybe` take down firings, `d_x` the facts derived.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from crm_rules.facts.schema import Kind, RelationKind
from crm_rules.program.plan import Define, Either, Exists, Probe, Scan, Step, Test, choose_probe, conjuncts, plan_rule
from crm_rules.program.program import Program
from crm_rules.program.stratify import reads
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
from crm_rules.rules.rule import Conclude
from crm_rules.rules.semantics import settle

Mode = Literal["sure", "loose"]
OPPOSITE: dict[CompareOp, CompareOp] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
FLIPPED: dict[Mode, Mode] = {"sure": "loose", "loose": "sure"}


@dataclass(slots=True)
class Lines:
    """Source under construction."""

    text: list[str] = field(default_factory=list)
    depth: int = 1

    def put(self, line: str) -> None:
        """Add a line at the present depth."""
        self.text.append("    " * self.depth + line)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Add a header and indent what follows."""
        self.put(header)
        self.depth += 1
        yield
        self.depth -= 1

    def mark(self) -> tuple[int, int]:
        """The present place; see `still_inside`."""
        return len(self.text), self.depth

    def still_inside(self, mark: tuple[int, int]) -> bool:
        """Whether what was computed at a place is still computed whenever the next line is reached."""
        start, depth = mark
        margin = "    " * depth
        return self.depth >= depth and all(line.startswith(margin) for line in self.text[start:])


@dataclass(frozen=True, slots=True)
class RowVar:
    """A Python variable that holds a row.

    Attributes:
        name: the variable.
        relation: what it is a row of.
        loose: whether the row may be merely possible, so that its key may be unnamed.
        columns: columns already held in variables of their own.
    """

    name: str
    relation: str
    loose: bool = False
    columns: dict[int, str] = field(default_factory=dict, hash=False)


Node = tuple[str, str]
"""What rules derive: ("relation", name) or ("rule", id)."""

Scope = dict[str, "RowVar | str"]
Leaf = Callable[[], None]


@dataclass(slots=True)
class Generator:
    """Generates one function.

    Attributes:
        program: the program.
        uses: what its rules need of each other.
        full: find possible firings as well as certain ones.
        own: relations of the recursive stratum the function belongs to, which still grow.
        lines: the statements.
        prologue: variables set at the top of the function, and what they are set to.
        counter: number of the last variable.
        position: the rule at hand.
        computed: aggregates computed already: variable, and where.
        totals: variables that hold a sum, smallest, largest or share.
        looked_at: derived relations and rules of which the code asks what is possible.
        scans: loops around the present place.
        fused: whether the outermost of them is shared by several rules.
        joined: whether such a loop has another one inside.
    """

    program: Program
    uses: Uses
    full: bool = False
    own: frozenset[str] = frozenset()
    lines: Lines = field(default_factory=Lines)
    prologue: dict[str, str] = field(default_factory=dict)
    counter: int = 0
    position: int = 0
    computed: dict[tuple[object, ...], tuple[str, tuple[int, int]]] = field(default_factory=dict)
    totals: set[str] = field(default_factory=set)
    looked_at: set[Node] = field(default_factory=set)
    scans: int = 0
    fused: bool = False
    joined: bool = False

    # -- names ------------------------------------------------------------------------------

    def fresh(self, letter: str) -> str:
        """A new variable."""
        self.counter += 1
        return f"{letter}{self.counter}"

    def need(self, name: str, expression: str) -> str:
        """A variable that is set at the top of the function, after those its expression needs."""
        self.prologue.setdefault(name, expression)
        return name

    def needs(self, letter: str, expression: str) -> str:
        """A variable for an expression, the same one for the same expression."""
        for name, known in self.prologue.items():
            if known == expression:
                return name
        return self.need(self.fresh(letter), expression)

    def rows(self, relation: str, mode: Mode) -> str:
        """Rows of a relation: the certain ones, or all possible ones."""
        if self.derived(relation):
            if mode == "loose":
                self.looked_at.add(("relation", relation))
            word, letter = ("certain", "c") if mode == "sure" else ("possible", "p")
            return self.need(f"{letter}_{relation}", f"state.{word}({relation!r})")
        if mode == "sure":
            return self.need(f"c_{relation}", f"{self.stated(relation)}.rows")
        self.placeholder(relation)
        return f"p_{relation}"

    def stated(self, relation: str) -> str:
        """The extension of a list or section."""
        return f"{self.need('stated', 'state.facts.extensions')}[{relation!r}]"

    def derived(self, relation: str) -> bool:
        """Whether rules derive the relation."""
        return self.program.schema.relations[relation].kind is RelationKind.DERIVED

    def is_certain(self, row: RowVar) -> str | None:
        """Test that a possible row is a certain one; None when it always is."""
        if not row.loose:
            return None
        if self.derived(row.relation):
            known = self.need(f"known_{row.relation}", f"state.certain_set({row.relation!r})")
            return f"{row.name} in {known}"
        return f"{row.name} is not {self.placeholder(row.relation)}"

    def placeholder(self, relation: str) -> str:
        """The row standing for unlisted entries, None when the list is complete."""
        self.need(f"p_{relation}, h_{relation}", f"state.listed({relation!r})")
        return f"h_{relation}"

    def scope(self) -> Scope:
        """The names that are always bound."""
        return {
            r.name: RowVar(f"s_{r.name}", r.name)
            for r in self.program.schema.relations.values()
            if r.kind is RelationKind.SECTION
        }

    def row(self, scope: Scope, var: str) -> RowVar:
        """The variable holding the row bound to a name."""
        bound = scope[var]
        assert isinstance(bound, RowVar)
        return bound

    def column(self, f: Field, scope: Scope) -> str:
        """A column of a bound row."""
        row = self.row(scope, f.var)
        if f.index in row.columns:
            return row.columns[f.index]
        if self.program.schema.relations[row.relation].kind is RelationKind.SECTION:
            self.need(row.name, f"{self.stated(row.relation)}.rows[0]")
            return self.need(self.column_name(row.name, row.relation, f.index), f"{row.name}[{f.index}]")
        return f"{row.name}[{f.index}]"

    def column_name(self, start: str, relation: str, index: int) -> str:
        """A variable for a column, named after it."""
        name = self.program.schema.relations[relation].columns[index].name
        return f"{start}_{name if name.isidentifier() else index}"

    def nullable(self, f: Field, scope: Scope) -> bool:
        """Whether a column may be unknown: all but the keys of certain stated facts, and certain derived facts."""
        return (f.index > 0 and not f.derived) or self.row(scope, f.var).loose

    def has_value(self, f: Field) -> bool:
        """Whether a column is never `NO_VALUE`."""
        return _stated(f) or (f.relation, f.index) in self.uses.valued

    def constant(self, value: object) -> str:
        """A literal."""
        if isinstance(value, dt.date):
            return self.need(f"d_{value:%Y%m%d}", f"date({value.year}, {value.month}, {value.day})")
        if isinstance(value, tuple):
            inner = [self.constant(v) for v in value]
            return "(" + ", ".join(inner) + ("," if len(inner) == 1 else "") + ")"
        return repr(value)

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
        return self.once("value", expr, scope, self.compute_aggregate)

    def once(self, what: str, expr: Aggregate, scope: Scope, compute: Callable[[Aggregate, Scope], str]) -> str:
        """Compute something about an aggregate, or take the variable that holds it already."""
        bound = (scope[n] for n in sorted(names(expr)))
        key = (what, expr, *(b.name if isinstance(b, RowVar) else b for b in bound))
        known = self.computed.get(key)
        if known is not None and self.lines.still_inside(known[1]):
            return known[0]
        variable = compute(expr, scope)
        self.computed[key] = (variable, self.lines.mark())
        return variable

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
        return self.once(mode, expr, scope, self.count_sure if mode == "sure" else self.count_loose)

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
            case Or(items=items):
                return "(" + " or ".join(self.condition(i, mode, scope) for i in items) + ")"
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
        if isinstance(container, Field) and _stated(container) and plain:
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

    # -- sources and indexes ----------------------------------------------------------------

    def source(self, relation: str, probe: Probe | None, mode: Mode, scope: Scope) -> str:
        """What to iterate over: all rows, or an index bucket."""
        if probe is None:
            return self.rows(relation, mode)
        key = self.value(probe.key, scope)
        suffix = self.column_name(relation, relation, probe.column)
        arguments = f"{relation!r}, {probe.column}, {probe.element}"
        if mode == "sure":
            index = self.need(f"i_{suffix}", f"state.sure_index({arguments})")
            return f"{index}.get({key}, ())"
        if self.derived(relation):
            self.looked_at.add(("relation", relation))
        if relation in self.own:
            index = self.need(f"j_{suffix}", f"state.growing_index({arguments})")
            return f"{index}.matches({key})"
        self.need(f"j_{suffix}, u_{suffix}", f"state.loose_index({arguments})")
        return f"j_{suffix}.get({key}, u_{suffix})"

    def by_key(self, relation: str, probe: Probe | None, mode: Mode, scope: Scope) -> str | None:
        """Code for the one certain row a key names; None where there may be several."""
        if mode == "loose" or probe is None or probe.column or probe.element or self.derived(relation):
            return None
        index = self.need(f"k_{relation}", f"state.by_key({relation!r})")
        return f"{index}.get({self.value(probe.key, scope)})"

    def matching_keys(self, step: Exists, mode: Mode) -> str | None:
        """The keys under which there is a match, where no other fact has a say in that; else None.

        One pass over the relation, before any loop, then answers for every key.
        """
        probe = step.probe
        if probe is None or probe.element or step.relation in self.own:
            return None
        always = self.scope()
        if any(names(f) - {step.var} - set(always) or _has_aggregate(f) for f in step.filters):
            return None
        row = RowVar("r", step.relation, loose=mode == "loose")
        tests = [self.condition(f, mode, {**always, step.var: row}) for f in step.filters]
        keys = f"{{r[{probe.column}] for r in {self.rows(step.relation, mode)}" + (
            f" if {' and '.join(tests)}}}" if tests else "}"
        )
        if mode == "sure" and probe.column == 0 and not self.derived(step.relation):
            return self.needs("m", keys)
        return self.needs("m", f"{mode}_keys({keys})")

    # -- steps ------------------------------------------------------------------------------

    def steps(self, steps: Sequence[Step], mode: Mode, scope: Scope, leaf: Leaf, witnesses: dict[int, str]) -> None:
        """Statements for steps, and the leaf at their core."""
        if not steps:
            leaf()
            return
        step, rest = steps[0], steps[1:]
        match step:
            case Test():
                tests = [step.expr]
                for following in rest:
                    if not isinstance(following, Test):
                        break
                    tests.append(following.expr)
                with self.conditions(tests, mode, scope):
                    self.steps(steps[len(tests) :], mode, scope, leaf, witnesses)
            case Define():
                value = self.value(step.expr, scope)
                if not isinstance(step.expr, Aggregate):
                    variable = self.fresh("l")
                    self.lines.put(f"{variable} = {value}")
                    value = variable
                scope[step.name] = value
                self.steps(rest, mode, scope, leaf, witnesses)
            case Scan():
                row = RowVar(self.fresh("r"), step.relation, loose=mode == "loose")
                single = self.by_key(step.relation, step.probe, mode, scope)
                if single is not None:
                    self.lines.put(f"{row.name} = {single}")
                    scope[step.var] = row
                    with self.conditions(step.filters, mode, scope, first=f"{row.name} is not None"):
                        self.steps(rest, mode, scope, leaf, witnesses)
                    return
                source = self.source(step.relation, step.probe, mode, scope)
                self.scans += 1
                with self.lines.block(f"for {row.name} in {source}:"):
                    scope[step.var] = row
                    with self.conditions(step.filters, mode, scope):
                        self.steps(rest, mode, scope, leaf, witnesses)
                self.scans -= 1
                if self.scans == 1 and self.fused:
                    self.joined = True
                else:
                    self.limit()
            case Exists():
                with self.lines.block(f"if {self.exists(step, mode, scope, witnesses)}:"):
                    self.steps(rest, mode, scope, leaf, witnesses)
            case Either():
                with self.lines.block(f"if {self.either(step, mode, scope)}:"):
                    self.steps(rest, mode, scope, leaf, witnesses)

    def exists(self, step: Exists, mode: Mode, scope: Scope, witnesses: dict[int, str]) -> str:
        """The test for `some`, or for `none` when negated, and statements that look for a match where it needs them."""
        test = self.exists_at_once(step, mode, scope)
        if test is not None:
            return test
        looking: Mode = FLIPPED[mode] if step.negated else mode
        recorded = self.recorded(step, mode)
        found = self.fresh("w" if recorded else "t")
        row = RowVar(self.fresh("r"), step.relation, loose=looking == "loose")
        source = self.source(step.relation, step.probe, looking, scope)
        self.lines.put(f"{found} = {'None' if recorded else 'False'}")
        with self.lines.block(f"for {row.name} in {source}:"):
            with self.conditions(step.filters, looking, {**scope, step.var: row}):
                self.lines.put(f"{found} = {row.name if recorded else 'True'}")
                self.lines.put("break")
        if recorded:
            assert step.witness is not None
            witnesses[step.witness] = found
            return f"{found} is not None"
        return f"not {found}" if step.negated else found

    def recorded(self, step: Exists, mode: Mode) -> bool:
        """Whether the match itself is wanted, as the witness of a certain firing."""
        return step.witness is not None and mode == "sure" and step.relation not in self.own

    def exists_at_once(self, step: Exists, mode: Mode, scope: Scope) -> str | None:
        """The test for `some` or `none` where it takes no statements; else None."""
        if self.recorded(step, mode):
            return None
        looking: Mode = FLIPPED[mode] if step.negated else mode
        keys = self.matching_keys(step, looking)
        if keys is not None:
            assert step.probe is not None
            return f"{self.value(step.probe.key, scope)} {'not in' if step.negated else 'in'} {keys}"
        if step.filters:
            return None
        source = self.source(step.relation, step.probe, looking, scope)
        return f"not {source}" if step.negated else source

    def either(self, step: Either, mode: Mode, scope: Scope) -> str:
        """Statements that try alternatives; returns the variable that says whether one holds."""
        found = self.fresh("t")
        self.lines.put(f"{found} = False")
        for number, alternative in enumerate(step.alternatives):
            depth = self.lines.depth
            if number:
                self.lines.put(f"if not {found}:")
                self.lines.depth += 1
            self.steps(alternative, mode, dict(scope), lambda: self.lines.put(f"{found} = True"), {})
            self.lines.depth = depth
        return found

    def limit(self) -> None:
        """Stop when there are too many firings; tested behind loops, so that a join cannot fill the memory.

        A loop that stands directly in one that several rules share is followed by none: the shared
        loop sees to it once per round.
        """
        most = self.need("most", "state.limits.firings")
        self.lines.put(f"if len(firings) + len(possibly) > {most}: state.too_many_firings()")

    # -- leaves -----------------------------------------------------------------------------

    def record(self, kind: Literal["certain", "possible"], scope: Scope, witnesses: dict[int, str]) -> None:
        """Take down one firing and what it concludes."""
        rule = self.program.rules[self.position]
        parts = [str(self.position), *(self.row(scope, e.var).name for e in rule.eaches)]
        if kind == "certain":
            parts += [witnesses.get(i, "None") for i in range(len(rule.somes))]
        self.lines.put(f"{'fired' if kind == 'certain' else 'maybe'}({_tuple(parts)})")
        if self.position in self.uses.raised:
            if kind == "certain":
                self.lines.put(f"{self.need('sure_flags', 'state.sure_flags')}[{self.position}] = 1")
            if self.full:
                self.lines.put(f"{self.need('loose_flags', 'state.loose_flags')}[{self.position}] = 1")
        for conclude in rule.concludes:
            self.derive(conclude, kind, scope)

    def derive(self, conclude: Conclude, kind: Literal["certain", "possible"], scope: Scope) -> None:
        """Add a derived fact."""
        row = _tuple([self.settled(v, scope) for v in conclude.values])
        known = all(isinstance(v, Const) or self.always_known(v, scope) for v in conclude.values)
        if conclude.relation in self.own or (kind == "certain" and not known):
            method = self.need(f"derive_{conclude.relation}", f"state.derive({conclude.relation!r})")
            self.lines.put(f"{method}({row}, {kind == 'certain'})")
            return
        facts = self.need(f"d_{conclude.relation}", f"state.facts_of({conclude.relation!r})")
        self.lines.put(f"{facts}[{row}] = True" if kind == "certain" else f"{facts}.setdefault({row}, False)")

    def always_known(self, expr: Expr, scope: Scope) -> bool:
        """Whether a value to derive is known whatever the facts, given that the bound facts are certain."""
        if not isinstance(expr, Field):
            return False
        return not self.nullable(expr, {**scope, expr.var: replace(self.row(scope, expr.var), loose=False)})

    def settled(self, expr: Expr, scope: Scope) -> str:
        """The value of a derived fact: open numbers are unknown."""
        if isinstance(expr, Const):
            return self.constant(settle(expr.value))
        code = self.value(expr, scope)
        if isinstance(expr, Field) and (expr.derived or expr.column.type.kind is not Kind.NUMBER):
            return code
        return f"settle({code})"

    # -- certain or only possible -----------------------------------------------------------

    def certainty(self, steps: Sequence[Step], scope: Scope) -> list[str] | None:
        """Tests that tell a certain firing from a possible one, for facts bound loosely; None if that takes more."""
        certain = self.certain_scope(steps, scope)
        found = self.certain_rows(steps, scope)
        for step in steps:
            match step:
                case Scan() | Test():
                    tests = self.beyond_loose(_own_conditions(step), certain)
                case Define():
                    continue  # its value does not depend on the mode
                case Exists():
                    test = self.exists_at_once(step, "sure", certain)
                    tests = None if test is None else [test]
                case Either():
                    tests = None
            if tests is None:
                return None
            found.extend(tests)
        return list(dict.fromkeys(found))

    def certain_scope(self, steps: Sequence[Step], scope: Scope) -> Scope:
        """The scope behind the tests of `certain_rows`."""
        scanned = [s.var for s in steps if isinstance(s, Scan)]
        return {**scope, **{var: replace(self.row(scope, var), loose=False) for var in scanned}}

    def certain_rows(self, steps: Sequence[Step], scope: Scope) -> list[str]:
        """Tests that all bound rows are certain ones."""
        checks = (self.is_certain(self.row(scope, s.var)) for s in steps if isinstance(s, Scan))
        return [check for check in checks if check]

    def beyond_loose(self, exprs: Sequence[Expr], scope: Scope) -> list[str] | None:
        """Tests under which conditions that are not false are true, for certain facts; None if they take statements.

        A comparison of stated values that is not false can only be unknown because one of them is.
        """
        found: list[str] = []
        for expr in exprs:
            fields = self.unknown_fields(expr, scope)
            if fields is not None:
                found += [f"{self.column(f, scope)} is not None" for f in fields if self.nullable(f, scope)]
            elif _has_aggregate(expr):
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
                stated = isinstance(container, Const) or _stated(container)
                return fields if stated and all(self.has_value(f) for f in fields) else None
            case _:
                return [] if _two_valued(expr) else None

    def sure_core(self, steps: Sequence[Step], scope: Scope, leaf: Callable[[Scope, dict[int, str]], None]) -> None:
        """Statements under which the loosely bound facts make a certain firing."""
        certain = self.certain_scope(steps, scope)
        tests: list[Step] = []
        for step in steps:
            match step:
                case Scan() | Test():
                    tests.extend(Test(c) for c in _own_conditions(step) if not _two_valued(c))
                case Define():
                    pass  # its value does not depend on the mode
                case _:
                    tests.append(step)
        witnesses: dict[int, str] = {}
        with self.conditions((), "sure", certain, first=" and ".join(self.certain_rows(steps, scope)) or None):
            self.steps(tests, "sure", certain, lambda: leaf(certain, witnesses), witnesses)


def _own_conditions(step: Scan | Test) -> list[Expr]:
    """The conditions of a step, the one its index lookup stands for included."""
    if isinstance(step, Test):
        return [step.expr]
    return [*([step.probe.condition] if step.probe else []), *step.filters]


def _has_aggregate(expr: Expr) -> bool:
    return any(isinstance(e, Aggregate) for e in walk(expr))


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


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


def _two_valued(expr: Expr) -> bool:
    """Whether a condition is never unknown, so that loose code is sure already."""
    if isinstance(expr, Or) and len(expr.items) == 2:
        # The phase gate: "x is unknown or x >= k".
        known, other = expr.items
        if isinstance(known, Known) and known.negated and isinstance(other, Compare):
            return known.item == other.left and isinstance(other.right, Const)
    return isinstance(expr, Known)


def _stated(f: Field) -> bool:
    """Whether a column holds an authored value, which is never `NO_VALUE`; true and false never are either way."""
    return not f.derived and (not f.column.computed or f.column.type.kind is Kind.BOOL)


# -- functions of a stratum -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fused:
    """Rules that share one loop over a relation, with the steps before and after it."""

    relation: str
    members: tuple[tuple[int, tuple[Step, ...], Scan, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """What the rules of a program need of each other.

    Attributes:
        raised: rules some rule asks about with `raised`, which therefore set flags.
        decisive: rules whose possible firings are found even in a run for certain answers.
        valued: columns of derived relations (name, position) that are never `NO_VALUE`, because
            every rule fills them with literals or columns of which that is true as well.
    """

    raised: frozenset[int]
    decisive: frozenset[int]
    valued: frozenset[tuple[str, int]]

    @staticmethod
    def of(program: Program) -> Uses:
        """Read it off the rules."""
        asked = {read.node[1] for rule in program.rules for read in reads(rule) if read.node[0] == "rule"}
        raised = frozenset(program.by_id[r] for r in asked if r in program.by_id)
        uses = Uses(raised, frozenset(), _valued(program))
        return replace(uses, decisive=_decisive(program, uses))


def _decisive(program: Program, uses: Uses) -> frozenset[int]:
    """See `Uses.decisive`: rules whose possible firings the code for certain ones looks at, directly or not.

    `none` and most aggregates hold for certain only if nothing possibly speaks against them. What
    is looked at is read off the code itself.
    """
    deriving: dict[Node, list[int]] = {("rule", rule.id): [position] for position, rule in enumerate(program.rules)}
    for position, rule in enumerate(program.rules):
        for conclude in rule.concludes:
            deriving.setdefault(("relation", conclude.relation), []).append(position)

    def looked_at(position: int, full: bool) -> frozenset[Node]:
        if not any(read.node in deriving for read in reads(program.rules[position])):
            return frozenset()
        own = program.strata[program.stratum_of[position]].relations
        generator = Generator(program, uses, full, own)
        _rule(generator, position, plan_rule(program, position))
        return frozenset(generator.looked_at)

    found: set[int] = set()
    pending = [node for position in range(len(program.rules)) for node in looked_at(position, full=False)]
    while pending:
        for position in deriving.get(pending.pop(), ()):
            if position not in found:
                found.add(position)
                pending.extend(looked_at(position, full=True))
    return frozenset(found)


def _valued(program: Program) -> frozenset[tuple[str, int]]:
    """See `Uses.valued`."""
    filled = [
        ((conclude.relation, i), value)
        for rule in program.rules
        for conclude in rule.concludes
        for i, value in enumerate(conclude.values)
    ]
    found = {column for column, _ in filled}
    while True:
        doubtful = {
            column
            for column, value in filled
            if not isinstance(value, Const)
            and not (isinstance(value, Field) and (_stated(value) or (value.relation, value.index) in found))
        }
        if found.isdisjoint(doubtful):
            return frozenset(found)
        found -= doubtful


def stratum_source(program: Program, number: int, uses: Uses, full: bool, only: int | None = None) -> str:
    """Source of the function that runs a stratum whose rules do not feed each other.

    Args:
        program: the program.
        number: the stratum.
        uses: what the program's rules need of each other.
        full: find the possible firings of all rules and not only of the decisive ones.
        only: one rule, to show its code alone.
    """
    generator = Generator(program, uses)
    positions = [only] if only is not None else list(program.strata[number].rules)
    loops: dict[tuple[str, bool], list[tuple[int, tuple[Step, ...], Scan, tuple[Step, ...]]]] = {}
    for position in positions:
        generator.full = full or position in uses.decisive
        steps = plan_rule(program, position)
        first = next((i for i, s in enumerate(steps) if isinstance(s, Scan)), None)
        if first is None:
            _rule(generator, position, steps)
        else:
            scan = steps[first]
            assert isinstance(scan, Scan)
            key = (scan.relation, generator.full)
            loops.setdefault(key, []).append((position, steps[:first], scan, steps[first + 1 :]))
    for (relation, generator.full), members in loops.items():
        _fused(generator, Fused(relation, tuple(members)))
    return _function(f"stratum_{number}", generator)


def rule_sources(program: Program, number: int, uses: Uses, full: bool) -> list[tuple[str, int, str | None]]:
    """Sources of the functions that run the rules of a recursive stratum.

    Returns:
        Triples of source, rule and the relation whose new facts the function joins (None for the
        function that joins everything).
    """
    stratum = program.strata[number]
    found: list[tuple[str, int, str | None]] = []
    for position in stratum.rules:
        variants: list[int | None] = [None]
        variants += [i for i, e in enumerate(program.rules[position].eaches) if e.relation in stratum.relations]
        for variant in variants:
            generator = Generator(program, uses, full, own=stratum.relations)
            steps = list(plan_rule(program, position, variant))
            name = f"rule_{position}" + ("" if variant is None else f"_new_{variant}")
            _recursive_rule(generator, position, steps, full, variant is not None)
            relation = None if variant is None else program.rules[position].eaches[variant].relation
            found.append((_function(name, generator), position, relation))
    return found


def _function(name: str, generator: Generator) -> str:
    head = [
        f"def {name}(state):",
        "    firings = state.fired",
        "    fired = firings.append",
        "    possibly = state.maybe",
        "    maybe = possibly.append",
    ]
    needed = [f"    {name} = {expression}" for name, expression in generator.prologue.items()]
    return "\n".join([*head, *needed, *generator.lines.text, ""])


def _rule(generator: Generator, position: int, steps: Sequence[Step]) -> None:
    generator.position = position
    generator.lines.put(f"# {generator.program.rules[position].id}")
    scope = generator.scope()
    witnesses: dict[int, str] = {}
    if not generator.full:
        generator.steps(steps, "sure", scope, lambda: generator.record("certain", scope, witnesses), witnesses)
        return
    generator.steps(steps, "loose", scope, lambda: _classify(generator, steps, scope), {})


def _classify(generator: Generator, steps: Sequence[Step], scope: Scope, ahead: _Ahead | None = None) -> None:
    """Take down a loose match as certain or as possible; `steps` leave out what was settled ahead of the loop."""
    ahead = ahead or _Ahead(scope)
    known = [ahead.certain] if ahead.certain else []
    tests = generator.certainty(steps, scope)
    if tests is None:
        open_ = generator.fresh("t")
        generator.lines.put(f"{open_} = True")

        def certain(inner: Scope, witnesses: dict[int, str]) -> None:
            generator.lines.put(f"{open_} = False")
            generator.record("certain", inner, {**ahead.witnesses, **witnesses})

        with generator.conditions((), "sure", scope, first=" and ".join(known) or None):
            generator.sure_core(steps, scope, certain)
        with generator.lines.block(f"if {open_}:"):
            generator.record("possible", scope, {})
    elif known or tests:
        with generator.lines.block(f"if {' and '.join(known + tests)}:"):
            generator.record("certain", generator.certain_scope(steps, scope), ahead.witnesses)
        with generator.lines.block("else:"):
            generator.record("possible", scope, {})
    else:
        generator.record("certain", generator.certain_scope(steps, scope), ahead.witnesses)


def _fused(generator: Generator, fused: Fused) -> None:
    """One loop over a relation for all rules that start with it."""
    mode: Mode = "loose" if generator.full else "sure"
    ahead = {position: _ahead(generator, position, before, mode) for position, before, _, _ in fused.members}
    row = RowVar(generator.fresh("r"), fused.relation, loose=generator.full)
    uses = Counter(f for member in fused.members for f in _used_columns(generator.program, member))
    width = len(generator.program.schema.relations[fused.relation].columns)
    # Taking a row apart is faster than looking up its columns one by one, unless most are of no use.
    apart = 3 * len(uses) >= width
    columns = {
        i: generator.column_name(row.name, fused.relation, i) for i, n in sorted(uses.items()) if apart or n > 1
    }
    row = replace(row, columns=columns)
    generator.scans, generator.fused, generator.joined = 1, True, False
    with generator.lines.block(f"for {row.name} in {generator.rows(fused.relation, mode)}:"):
        if apart and columns:
            generator.lines.put(f"{_tuple([columns.get(i, '_') for i in range(width)])} = {row.name}")
        else:
            for i, name in columns.items():
                generator.lines.put(f"{name} = {row.name}[{i}]")
        for position, before, scan, after in fused.members:
            _member(generator, position, ahead[position], (before, scan, after), row)
        if generator.joined:
            generator.limit()
    generator.scans, generator.fused = 0, False
    generator.limit()


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


def _ahead(generator: Generator, position: int, steps: Sequence[Step], mode: Mode) -> _Ahead:
    """Statements for the steps of a rule that come before its first loop."""
    generator.position = position
    ahead = _Ahead(generator.scope())
    if not steps:
        return ahead
    if all(isinstance(s, Test) and not _has_aggregate(s.expr) for s in steps):
        exprs = [s.expr for s in steps if isinstance(s, Test)]
        tests = [generator.condition(e, mode, ahead.scope) for e in exprs]
        ahead.ready = generator.needs("g", " and ".join(tests))
        if mode == "loose" and not all(_two_valued(e) for e in exprs):
            surely = [generator.condition(e, "sure", ahead.scope) for e in exprs]
            ahead.certain = generator.needs("g", " and ".join(surely))
        return ahead
    generator.lines.put(f"# {generator.program.rules[position].id}")
    ahead.ready = _flag(generator, lambda leaf: generator.steps(steps, mode, ahead.scope, leaf, ahead.witnesses))
    if mode == "loose":

        def surely(leaf: Leaf) -> None:
            with generator.lines.block(f"if {ahead.ready}:"):
                generator.sure_core(steps, ahead.scope, lambda _, witnesses: (ahead.witnesses.update(witnesses), leaf())[-1])

        ahead.witnesses.clear()
        ahead.certain = _flag(generator, surely)
    return ahead


def _flag(generator: Generator, statements: Callable[[Leaf], None]) -> str:
    """A variable that says whether the core of statements was reached."""
    flag = generator.fresh("t")
    generator.lines.put(f"{flag} = False")
    statements(lambda: generator.lines.put(f"{flag} = True"))
    return flag


def _member(
    generator: Generator,
    position: int,
    ahead: _Ahead,
    steps: tuple[tuple[Step, ...], Scan, tuple[Step, ...]],
    row: RowVar,
) -> None:
    """One rule inside the loop it shares."""
    _, scan, after = steps
    scope, witnesses = ahead.scope, ahead.witnesses
    generator.position = position
    generator.lines.put(f"# {generator.program.rules[position].id}")
    scope[scan.var] = row
    mode: Mode = "loose" if generator.full else "sure"

    def leaf() -> None:
        if generator.full:
            _classify(generator, (scan, *after), scope, ahead)
        else:
            generator.record("certain", scope, witnesses)

    with generator.conditions(_own_conditions(scan), mode, scope, first=ahead.ready):
        generator.steps(after, mode, scope, leaf, {} if generator.full else witnesses)


def _used_columns(
    program: Program, member: tuple[int, tuple[Step, ...], Scan, tuple[Step, ...]]
) -> Iterator[int]:
    """Columns of the first fact a rule uses, as often as it does."""
    position, _, scan, after = member
    concluded = (v for c in program.rules[position].concludes for v in c.values)
    for expr in (*_expressions((scan, *after)), *concluded):
        for part in walk(expr):
            # Another clause may give the name to a fact of another relation.
            if isinstance(part, Field) and (part.var, part.relation) == (scan.var, scan.relation):
                yield part.index


def _recursive_rule(generator: Generator, position: int, steps: list[Step], loose: bool, new: bool) -> None:
    """One rule of a recursive stratum; with `new`, its first scan runs over new facts only."""
    generator.position = position
    rule = generator.program.rules[position]
    scope = generator.scope()
    witnesses: dict[int, str] = {}
    mode: Mode = "loose" if loose else "sure"

    def leaf() -> None:
        rows = ", ".join(generator.row(scope, e.var).name for e in rule.eaches)
        key = generator.fresh("t")
        seen = generator.need(f"seen_{position}", f"state.seen[{position}]")
        generator.lines.put(f"{key} = ({rows}{',' if len(rule.eaches) == 1 else ''})")
        with generator.lines.block(f"if {key} not in {seen}:"):
            generator.lines.put(f"{seen}.add({key})")
            generator.record("possible" if loose else "certain", scope, witnesses)

    if not new:
        generator.steps(steps, mode, scope, leaf, witnesses)
        return
    first = next(i for i, s in enumerate(steps) if isinstance(s, Scan))
    scan = steps[first]
    assert isinstance(scan, Scan)

    def over_new_facts() -> None:
        row = RowVar(generator.fresh("r"), scan.relation, loose=loose)
        with generator.lines.block(
            f"for {row.name} in {generator.need(f'n_{scan.relation}', f'state.new[{scan.relation!r}]')}:"
        ):
            scope[scan.var] = row
            conditions = [*([scan.probe.condition] if scan.probe else []), *scan.filters]
            with generator.conditions(conditions, mode, scope):
                generator.steps(steps[first + 1 :], mode, scope, leaf, witnesses)

    generator.steps(steps[:first], mode, scope, over_new_facts, witnesses)


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
