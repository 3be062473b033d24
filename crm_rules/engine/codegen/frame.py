"""One function under construction: its lines, its variables, and where rows come from.

The generated names: `c_x`, `p_x` rows of relation x that are certain, and all that are
possible; `h_x` the row that stands for unlisted entries, None where there are none; `s_x` the row
of a section, `s_x_y` a field of it; `k_x` certain rows by key, `i_x_y` certain rows by column y,
`j_x_y` possible rows by column y with `u_x_y` for keys nobody states; `m…` keys of matching rows;
`g…` conditions that no loop changes; `r…` rows, `r…_y` their columns, `t…` temporaries, `w…`
witnesses, `l…` values of `let`; `fired` and `maybe` take down firings, `d_x` the facts derived.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from crm_rules.facts.schema import RelationKind
from crm_rules.program.plan import Probe
from crm_rules.program.program import Program
from crm_rules.rules.expressions import Const, Expr, Field

Mode = Literal["sure", "loose"]
"""Sure code is true where a condition is true, loose code where it is not false."""

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


@dataclass(frozen=True, slots=True)
class Uses:
    """What the rules of a program need of each other.

    Attributes:
        raised: rules some rule asks about with `raised`, which therefore set flags.
        decisive: rules whose possible firings are found even in a run for certain answers.
        valued: columns of derived relations (name, position) that are never `NO_VALUE`, because
            every rule fills them with literals or columns of which that is true as well.
    """

    raised: frozenset[int] = frozenset()
    decisive: frozenset[int] = frozenset()
    valued: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Frame:
    """One function under construction.

    Attributes:
        program: the program.
        uses: what its rules need of each other.
        full: find possible firings as well as certain ones.
        own: relations of the recursive stratum the function belongs to, which still grow.
        lines: the statements.
        prologue: variables set at the top of the function, and what they are set to.
        columns: names given to columns, and what they are columns of.
        counter: number of the last variable.
        position: the rule at hand.
        computed: aggregates computed and rows looked up already: variable, and where.
        totals: variables that hold a sum, smallest, largest or share.
        looked_at: derived relations and rules of which the code asks what is possible.
        scans: loops around the present place.
        shared: whether the outermost of them is shared by several rules.
        joined: whether such a loop has another one inside.
    """

    program: Program
    uses: Uses
    full: bool = False
    own: frozenset[str] = frozenset()
    lines: Lines = field(default_factory=Lines)
    prologue: dict[str, str] = field(default_factory=dict)
    columns: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    counter: int = 0
    position: int = 0
    computed: dict[tuple[object, ...], tuple[str, tuple[int, int]]] = field(default_factory=dict)
    totals: set[str] = field(default_factory=set)
    looked_at: set[Node] = field(default_factory=set)
    scans: int = 0
    shared: bool = False
    joined: bool = False

    # -- lines and variables ------------------------------------------------------------------

    @contextmanager
    def under(self, tests: Sequence[str]) -> Iterator[None]:
        """Open an `if` for tests, if there are any; what follows stands inside it."""
        depth = self.lines.depth
        if tests:
            self.lines.put(f"if {' and '.join(tests)}:")
            self.lines.depth += 1
        yield
        self.lines.depth = depth

    def function(self, name: str) -> str:
        """The finished function."""
        prologue = (f"    {variable} = {expression}" for variable, expression in self.prologue.items())
        return "\n".join([f"def {name}(state):", *prologue, *self.lines.text, ""])

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
        listed = self.need("listed", "state.facts.listed")
        self.need(f"p_{relation}, h_{relation}", f"{listed}[{relation!r}]")
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
        column = self.program.schema.relations[relation].columns[index].name
        name = f"{start}_{column if column.isidentifier() else index}"
        # Column y_z of x and column z of x_y read alike, and so does a section called x_y_z.
        sections = {f"s_{r.name}" for r in self.program.schema.relations.values() if r.kind is RelationKind.SECTION}
        while name in sections or self.columns.setdefault(name, (start, relation, index)) != (start, relation, index):
            name += "_"
        return name

    def nullable(self, f: Field, scope: Scope) -> bool:
        """Whether a column may be unknown: all but the keys of certain stated facts, and certain derived facts."""
        return (f.index > 0 and not f.derived) or self.row(scope, f.var).loose

    def has_value(self, f: Field) -> bool:
        """Whether a column is never `NO_VALUE`."""
        return stated(f) or (f.relation, f.index) in self.uses.valued

    def constant(self, value: object) -> str:
        """A literal."""
        if isinstance(value, dt.date):
            return self.need(f"d_{value:%Y%m%d}", f"date({value.year}, {value.month}, {value.day})")
        if isinstance(value, tuple):
            return tuple_of([self.constant(v) for v in value])
        return repr(value)

    def once(self, key: tuple[object, ...], compute: Callable[[], str]) -> str:
        """Compute something, or take the variable that holds it already."""
        known = self.computed.get(key)
        if known is not None and self.lines.still_inside(known[1]):
            return known[0]
        variable = compute()
        self.computed[key] = (variable, self.lines.mark())
        return variable

    # -- sources and indexes ----------------------------------------------------------------

    def source(self, relation: str, probe: Probe | None, mode: Mode, scope: Scope) -> str:
        """What to iterate over: all rows, or an index bucket."""
        if probe is None:
            return self.rows(relation, mode)
        key = self.key(probe.key, scope)
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
        """The variable that holds the one certain row a key names; None where there may be several rows."""
        if mode == "loose" or probe is None or probe.column or probe.element or self.derived(relation):
            return None
        index = self.need(f"k_{relation}", f"state.by_key({relation!r})")
        code = f"{index}.get({self.key(probe.key, scope)})"

        def look_up() -> str:
            row = self.fresh("r")
            self.lines.put(f"{row} = {code}")
            return row

        return self.once(("row", code), look_up)

    def key(self, expr: Expr, scope: Scope) -> str:
        """The key of an index lookup, which is a column or a literal."""
        if isinstance(expr, Const):
            return self.constant(expr.value)
        assert isinstance(expr, Field)
        return self.column(expr, scope)


def stated(f: Field) -> bool:
    """Whether a column holds an authored or scheduled value that is never `NO_VALUE`."""
    return not f.derived and not f.column.may_be_nothing


def tuple_of(parts: Sequence[str]) -> str:
    """Code for a tuple."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
