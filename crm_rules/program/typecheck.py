"""Names and types of one expression: from a syntax tree to `rules.expressions`.

Problems are reported through a sink and a sensible expression is returned all the same, so
that one mistake does not hide the next.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.facts.schema import Arity, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.rules.draft import Setting, Text
from crm_rules.rules.expressions import (
    Aggregate,
    And,
    Arith,
    AtLeast,
    Call,
    Compare,
    Const,
    Expr,
    Field,
    In,
    Known,
    Local,
    Not,
    Or,
    Raised,
)
from crm_rules.rules.functions import FUNCTIONS, OVERLAP
from crm_rules.rules.syntax import Parsed, SyntaxProblem, parse

BOOL = ValueType(Kind.BOOL)
NUMBER = ValueType(Kind.NUMBER)
WHOLE = ValueType(Kind.NUMBER, integer=True, minimum=0)
TEXT = ValueType(Kind.TEXT)

AGGREGATES = ("count", "sum", "min", "max", "share")
CONDITION_CALLS = ("raised", "at_least", OVERLAP)
MAX_NUMBER = 10**15
"""Largest magnitude of a number literal: beyond it floats no longer count one by one."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its type; `valid` is False when a problem has been reported already."""

    expr: Expr
    type: ValueType
    arity: Arity = Arity.ONE
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything an expression may name besides its own scope."""

    schema: Schema
    rules: frozenset[str] = frozenset()
    settings: Mapping[str, Setting] = None  # type: ignore[assignment]


Scope = Mapping[str, Relation | Local]
Sink = Callable[[Diagnostic], None]
_BROKEN = Typed(Const(None, BOOL), BOOL, valid=False)


def setting_type(setting: Setting) -> ValueType:
    """Type of a pack setting, read off its value."""
    if isinstance(setting.value, bool):
        return BOOL
    if isinstance(setting.value, int | float):
        return ValueType(Kind.NUMBER, unit=setting.unit)
    return TEXT


def sections(schema: Schema) -> dict[str, Relation | Local]:
    """The names that are always bound."""
    return {n: r for n, r in schema.relations.items() if r.kind is RelationKind.SECTION}


class ExpressionChecker:
    """Types expressions against a vocabulary and reports every problem to a sink."""

    def __init__(self, vocabulary: Vocabulary, sink: Sink) -> None:
        self.vocabulary = vocabulary
        self.sink = sink
        self._parsed: Parsed | None = None

    def condition(self, text: Text, scope: Scope) -> Expr | None:
        """A condition; None when it has a problem."""
        typed = self.value(text, scope)
        if typed is None:
            return None
        if typed.type.kind is not Kind.BOOL or typed.arity is not Arity.ONE:
            self.sink(
                text.problem(
                    f"a condition is expected here, found {_describe(typed)}",
                    length=len(text.value),
                    hint="compare it with something",
                )
            )
            return None
        return typed.expr

    def value(self, text: Text, scope: Scope, expected: tuple[ValueType, Arity] | None = None) -> Typed | None:
        """A value of any type; a literal takes the expected type. None when it has a problem."""
        try:
            parsed = parse(text)
        except SyntaxProblem as problem:
            self.sink(text.problem(problem.message, problem.offset, problem.length, problem.hint))
            return None
        self._parsed = parsed
        typed = self._expr(parsed.tree, scope)
        if expected is not None:
            typed = self._fit(typed, expected[0], expected[1], parsed.tree)
        return typed if typed.valid else None

    # -- problems ---------------------------------------------------------------------------

    def _problem(self, node: ast.AST, message: str, hint: str | None = None) -> Typed:
        assert self._parsed is not None
        text = self._parsed.text
        self.sink(text.problem(message, self._parsed.offset(node), self._parsed.length(node), hint))
        return _BROKEN

    def _name_problem(self, node: ast.AST, skip: int, name: str, message: str, valid: Iterable[str]) -> Typed:
        assert self._parsed is not None
        offset = self._parsed.offset(node) + skip
        self.sink(self._parsed.text.problem(message, offset, len(name), did_you_mean(name, valid)))
        return _BROKEN

    # -- expressions ------------------------------------------------------------------------

    def _expr(self, node: ast.expr, scope: Scope) -> Typed:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.BoolOp():
                items = [self._condition(v, scope) for v in node.values]
                valid = all(i.valid for i in items)
                exprs = tuple(i.expr for i in items)
                return Typed(And(exprs) if isinstance(node.op, ast.And) else Or(exprs), BOOL, valid=valid)
            case ast.UnaryOp(op=ast.Not()):
                item = self._condition(node.operand, scope)
                return Typed(Not(item.expr), BOOL, valid=item.valid)
            case ast.UnaryOp():
                return self._negative(node, scope)
            case ast.BinOp():
                return self._arithmetic(node, scope)
            case ast.Compare():
                return self._comparison(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.List():
                return self._problem(node, "a list can only stand to the right of in, or inside overlap")
            case ast.GeneratorExp():
                return self._problem(node, "'for' can only be used inside " + ", ".join(AGGREGATES))
            case _:
                return self._problem(node, "this cannot be used here")

    def _condition(self, node: ast.expr, scope: Scope) -> Typed:
        typed = self._expr(node, scope)
        if typed.valid and (typed.type.kind is not Kind.BOOL or typed.arity is not Arity.ONE):
            return self._problem(
                node, f"a condition is expected here, found {_describe(typed)}", "compare it with something"
            )
        return typed

    def _number(self, node: ast.expr, scope: Scope) -> Typed:
        typed = self._expr(node, scope)
        if typed.valid and (typed.type.kind is not Kind.NUMBER or typed.arity is not Arity.ONE):
            return self._problem(node, f"a number is expected here, found {_describe(typed)}")
        return typed

    def _constant(self, node: ast.Constant) -> Typed:
        value: Any = node.value
        if isinstance(value, bool):
            return Typed(Const(value, BOOL), BOOL)
        if isinstance(value, int | float):
            if abs(value) > MAX_NUMBER:
                return self._problem(node, f"numbers beyond {MAX_NUMBER:,} are not supported (limit: number size)")
            return Typed(Const(value, NUMBER), NUMBER)
        return Typed(Const(value, TEXT), TEXT)

    def _name(self, node: ast.Name, scope: Scope) -> Typed:
        if node.id in ("true", "false"):
            return Typed(Const(node.id == "true", BOOL), BOOL)
        bound = scope.get(node.id)
        if isinstance(bound, Local):
            return Typed(bound, bound.type, bound.arity)
        if bound is not None:
            noun = "section" if bound.kind is RelationKind.SECTION else "fact"
            return self._problem(node, f"'{node.id}' is a {noun}, not a value", f"name one of its fields: {node.id}.…")
        if node.id in self.vocabulary.schema.relations:
            return self._problem(
                node, f"'{node.id}' is a list; bind a name to its entries first", f"each: x in {node.id}"
            )
        return self._name_problem(
            node, 0, node.id, f"nothing is called '{node.id}' here", [*scope, "settings", "true", "false"]
        )

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Typed:
        if not isinstance(node.value, ast.Name):
            return self._problem(node, "a field is written name.field")
        var, name = node.value.id, node.attr
        skip = len(var) + 1
        if var == "settings" and var not in scope:
            settings = self.vocabulary.settings or {}
            setting = settings.get(name)
            if setting is None:
                return self._name_problem(node, skip, name, f"the pack has no setting '{name}'", settings)
            type_ = setting_type(setting)
            return Typed(Const(setting.value, type_, setting=name), type_)
        bound = scope.get(var)
        if isinstance(bound, Local):
            return self._problem(node, f"'{var}' is a value and has no fields")
        if bound is None:
            return self._name_problem(node, 0, var, f"nothing is called '{var}' here", [*scope, "settings"])
        try:
            index = bound.index(name)
        except KeyError:
            fields = [c.name for c in bound.columns]
            return self._name_problem(node, skip, name, f"{bound.name} has no field '{name}'", fields)
        column = bound.columns[index]
        derived = bound.kind is RelationKind.DERIVED
        return Typed(Field(var, bound.name, column, index, derived), column.type, column.arity)

    def _negative(self, node: ast.UnaryOp, scope: Scope) -> Typed:
        item = self._number(node.operand, scope)
        if isinstance(item.expr, Const) and item.valid:
            return Typed(Const(-item.expr.value, item.type), item.type)
        return Typed(Arith("-", Const(0, NUMBER), item.expr), item.type, valid=item.valid)

    def _arithmetic(self, node: ast.BinOp, scope: Scope) -> Typed:
        left, right = self._number(node.left, scope), self._number(node.right, scope)
        op = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(node.op)]
        a, b = left.type.unit, right.type.unit
        if op in "+-":
            if a and b and a != b:
                return self._problem(node, f"{a} and {b} cannot be added or subtracted")
            unit = a or b
        elif op == "*":
            unit = None if a and b else a or b
        else:
            unit = a if not b else None
        expr = Arith(op, left.expr, right.expr)  # type: ignore[arg-type]
        return Typed(expr, ValueType(Kind.NUMBER, unit=unit), valid=left.valid and right.valid)

    # -- comparisons ------------------------------------------------------------------------

    def _comparison(self, node: ast.Compare, scope: Scope) -> Typed:
        parts: list[Expr] = []
        valid = True
        operands = [node.left, *node.comparators]
        for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
            part = self._compare_pair(left, op, right, scope, node)
            parts.append(part.expr)
            valid = valid and part.valid
        return Typed(parts[0] if len(parts) == 1 else And(tuple(parts)), BOOL, valid=valid)

    def _compare_pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope, whole: ast.expr) -> Typed:
        if isinstance(op, ast.Is | ast.IsNot):
            return self._known(left, op, right, scope)
        if isinstance(op, ast.In | ast.NotIn):
            member = self._membership(left, right, scope)
            expr = Not(member.expr) if isinstance(op, ast.NotIn) else member.expr
            return Typed(expr, BOOL, valid=member.valid)
        a, b = self._expr(left, scope), self._expr(right, scope)
        if not (a.valid and b.valid):
            return _BROKEN
        for side, node in ((a, left), (b, right)):
            if side.arity is not Arity.ONE:
                return self._problem(node, f"{_describe(side)} cannot be compared", "use in, overlap or len")
        if isinstance(a.expr, Const) and a.expr.setting is None and not isinstance(b.expr, Const):
            a = self._fit(a, b.type, Arity.ONE, left)
        else:
            b = self._fit(b, a.type, Arity.ONE, right)
        if not (a.valid and b.valid):
            return _BROKEN
        symbol: Any = {
            ast.Eq: "==",
            ast.NotEq: "!=",
            ast.Lt: "<",
            ast.LtE: "<=",
            ast.Gt: ">",
            ast.GtE: ">=",
        }[type(op)]
        if symbol not in ("==", "!=") and not _ordered(a.type):
            return self._problem(whole, f"{_describe(a)} has no order", "only == and != can be used")
        return Typed(Compare(symbol, a.expr, b.expr), BOOL)

    def _known(self, left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope) -> Typed:
        item = self._expr(left, scope)
        if not (isinstance(right, ast.Name) and right.id in ("known", "unknown")):
            return self._problem(right, "after 'is' only 'known' or 'unknown' can stand", "to compare values write ==")
        if isinstance(op, ast.IsNot):
            other = "unknown" if right.id == "known" else "known"
            return self._problem(right, f"'is not {right.id}' is not part of the language", f"write 'is {other}'")
        return Typed(Known(item.expr, right.id == "unknown"), BOOL, valid=item.valid)

    def _membership(self, left: ast.expr, right: ast.expr, scope: Scope) -> Typed:
        item = self._expr(left, scope)
        if isinstance(right, ast.List):
            return self._in_list(item, left, right, scope)
        container = self._expr(right, scope)
        if not (item.valid and container.valid):
            return _BROKEN
        if container.arity is Arity.ONE:
            return self._problem(
                right, f"a set, a sequence or a list is expected after in, found {_describe(container)}"
            )
        if item.arity is not Arity.ONE:
            return self._problem(left, f"{_describe(item)} cannot be a member", "use overlap")
        item = self._fit(item, container.type, Arity.ONE, left)
        return Typed(In(item.expr, container.expr), BOOL, valid=item.valid)

    def _in_list(self, item: Typed, left: ast.expr, right: ast.List, scope: Scope) -> Typed:
        if not item.valid:
            return _BROKEN
        if item.arity is not Arity.ONE:
            return self._problem(left, f"{_describe(item)} cannot be a member of a list", "use overlap")
        members = self._literal_list(right, item.type, scope)
        if members is None:
            return _BROKEN
        return Typed(In(item.expr, members), BOOL)

    def _literal_list(self, node: ast.List, type_: ValueType, scope: Scope) -> Const | None:
        if not node.elts:
            self._problem(node, "nothing is a member of an empty list")
            return None
        members = [self._fit(self._expr(e, scope), type_, Arity.ONE, e) for e in node.elts]
        values: list[Any] = []
        for element, member in zip(node.elts, members, strict=True):
            if not member.valid:
                return None
            if not isinstance(member.expr, Const):
                self._problem(element, "a list holds literals or settings only", "write or-conditions instead")
                return None
            if member.expr.value in values:
                self._problem(element, "this member stands in the list twice")
                return None
            values.append(member.expr.value)
        return Const(tuple(values), type_, Arity.SET)

    def _fit(self, typed: Typed, type_: ValueType, arity: Arity, node: ast.expr) -> Typed:
        """Give a literal the type its partner has; report a clash for anything else."""
        if not typed.valid:
            return typed
        if (typed.arity is Arity.ONE) is not (arity is Arity.ONE):
            wanted = type_.describe() if arity is Arity.ONE else "a set or sequence"
            return self._problem(node, f"{wanted} is expected here, found {_describe(typed)}")
        if isinstance(typed.expr, Const) and typed.type.kind is Kind.TEXT:
            return self._fit_text(typed.expr, type_, node)
        if typed.type.kind is not type_.kind:
            return self._problem(
                node,
                f"{type_.describe()} is expected here, found {_describe(typed)}",
                "enum members, dates and text are written in quotes" if type_.kind is Kind.ENUM else None,
            )
        if type_.kind is Kind.NUMBER and type_.unit and typed.type.unit and type_.unit != typed.type.unit:
            return self._problem(node, f"{type_.unit} are compared with {typed.type.unit}")
        if type_.kind is Kind.ENUM and typed.type.enum != type_.enum:
            assert typed.type.enum is not None and type_.enum is not None
            return self._problem(node, f"{type_.enum.name} is expected here, found {typed.type.enum.name}")
        if type_.kind is Kind.KEY and not (typed.type.targets & type_.targets):
            return self._problem(
                node, f"{type_.describe()} is expected here, found {typed.type.describe()}: they are never equal"
            )
        return typed

    def _fit_text(self, const: Const, type_: ValueType, node: ast.expr) -> Typed:
        value = const.value
        match type_.kind:
            case Kind.ENUM:
                assert type_.enum is not None
                if value not in type_.enum.members:
                    hint = did_you_mean(value, type_.enum.members)
                    return self._problem(node, f"{type_.enum.name} has no member '{value}'", hint)
                return Typed(Const(type_.encode(value), type_, setting=const.setting), type_)
            case Kind.DATE:
                try:
                    date = dt.date.fromisoformat(value)
                except ValueError:
                    return self._problem(node, f"'{value}' is not a date", "write a date as YYYY-MM-DD")
                return Typed(Const(date, type_, setting=const.setting), type_)
            case Kind.TEXT | Kind.KEY:
                return Typed(Const(value, type_, setting=const.setting), type_)
            case _:
                return self._problem(node, f"{type_.describe()} is expected here, found text '{value}'")

    # -- calls ------------------------------------------------------------------------------

    def _call(self, node: ast.Call, scope: Scope) -> Typed:
        if not isinstance(node.func, ast.Name) or node.keywords:
            return self._problem(node, "only functions of the language can be called, without named arguments")
        name = node.func.id
        if name in AGGREGATES:
            return self._aggregate(node, name, scope)
        if name == "raised":
            return self._raised(node)
        if name == "at_least":
            return self._at_least(node, scope)
        if name == OVERLAP:
            return self._overlap(node, scope)
        if name in FUNCTIONS:
            return self._function(node, name, scope)
        valid = [*FUNCTIONS, *AGGREGATES, *CONDITION_CALLS]
        return self._name_problem(node.func, 0, name, f"there is no function '{name}'", valid)

    def _raised(self, node: ast.Call) -> Typed:
        ids: list[str] = []
        for arg in node.args:
            if not (isinstance(arg, ast.Constant) and isinstance(arg.value, str)):
                return self._problem(arg, "raised takes rule ids in quotes")
            if arg.value not in self.vocabulary.rules:
                hint = did_you_mean(arg.value, self.vocabulary.rules)
                return self._problem(arg, f"there is no rule '{arg.value}'", hint)
            ids.append(arg.value)
        if not ids:
            return self._problem(node, "raised needs at least one rule id")
        return Typed(Raised(tuple(ids)), BOOL)

    def _at_least(self, node: ast.Call, scope: Scope) -> Typed:
        first = node.args[0] if node.args else None
        if not (isinstance(first, ast.Constant) and type(first.value) is int and first.value >= 1):
            return self._problem(first or node, "at_least takes a whole number of at least 1, then conditions")
        items = [self._condition(a, scope) for a in node.args[1:]]
        if len(items) < first.value:
            return self._problem(
                node, f"at_least({first.value}, …) has only {len(items)} conditions and can never hold"
            )
        return Typed(AtLeast(first.value, tuple(i.expr for i in items)), BOOL, valid=all(i.valid for i in items))

    def _overlap(self, node: ast.Call, scope: Scope) -> Typed:
        if len(node.args) != 2:
            return self._problem(node, "overlap takes two sets")
        typed = [None if isinstance(a, ast.List) else self._expr(a, scope) for a in node.args]
        types = [t for t in typed if t is not None]
        if not types:
            return self._problem(node, "overlap of two lists of literals is decided already")
        if not all(t.valid for t in types):
            return _BROKEN
        for t, arg in zip(typed, node.args, strict=True):
            if t is not None and t.arity is Arity.ONE:
                return self._problem(arg, f"a set is expected here, found {_describe(t)}")
        sides: list[Expr] = []
        for t, arg in zip(typed, node.args, strict=True):
            if t is None:
                assert isinstance(arg, ast.List)
                literal = self._literal_list(arg, types[0].type, scope)
                if literal is None:
                    return _BROKEN
                sides.append(literal)
            else:
                sides.append(self._fit(t, types[0].type, Arity.SET, arg).expr)
        return Typed(Call(OVERLAP, tuple(sides)), BOOL)

    def _function(self, node: ast.Call, name: str, scope: Scope) -> Typed:
        function = FUNCTIONS[name]
        if len(node.args) != len(function.parameters):
            return self._problem(node, f"{name} takes {len(function.parameters)} argument(s), found {len(node.args)}")
        args = [self._expr(a, scope) for a in node.args]
        if not all(a.valid for a in args):
            return _BROKEN
        for i, (parameter, arg, place) in enumerate(zip(function.parameters, args, node.args, strict=True)):
            if parameter == "many":
                if arg.arity is Arity.ONE:
                    return self._problem(place, f"{name} takes a set or sequence, found {_describe(arg)}")
                continue
            wanted = args[0].type if parameter == "member" else ValueType(Kind(parameter))
            args[i] = self._fit(arg, wanted, Arity.ONE, place)
            if not args[i].valid:
                return _BROKEN
        result = args[0].type if function.result == "member" else ValueType(Kind(function.result), unit=function.unit)
        return Typed(Call(name, tuple(a.expr for a in args)), result)

    def _aggregate(self, node: ast.Call, name: str, scope: Scope) -> Typed:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.GeneratorExp):
            return self._problem(node, f"{name} is written {name}(x for x in list if …)")
        generator = node.args[0]
        if len(generator.generators) != 1:
            return self._problem(node, f"{name} runs over one list only")
        loop = generator.generators[0]
        if not (isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Name)):
            return self._problem(node, f"{name} is written {name}(x for x in list if …)")
        relation = self.vocabulary.schema.relations.get(loop.iter.id)
        if relation is None or relation.kind is RelationKind.SECTION:
            lists = [r.name for r in self.vocabulary.schema.relations.values() if r.kind is not RelationKind.SECTION]
            return self._name_problem(loop.iter, 0, loop.iter.id, f"there is no list '{loop.iter.id}'", lists)
        if loop.target.id in scope:
            return self._problem(loop.target, f"'{loop.target.id}' is bound already")
        inner = {**scope, loop.target.id: relation}
        where = [self._condition(c, inner) for c in loop.ifs]
        valid = all(w.valid for w in where)
        conditions = tuple(w.expr for w in where)
        if name == "count":
            if not (isinstance(generator.elt, ast.Name) and generator.elt.id == loop.target.id):
                return self._problem(generator.elt, f"count is written count({loop.target.id} for …)")
            return Typed(Aggregate("count", loop.target.id, relation.name, conditions, None), WHOLE, valid=valid)
        value = self._condition(generator.elt, inner) if name == "share" else self._expr(generator.elt, inner)
        if not (value.valid and valid):
            return _BROKEN
        if name == "sum" and (value.type.kind is not Kind.NUMBER or value.arity is not Arity.ONE):
            return self._problem(generator.elt, f"sum takes numbers, found {_describe(value)}")
        if name in ("min", "max") and (value.arity is not Arity.ONE or not _ordered(value.type)):
            return self._problem(
                generator.elt, f"{name} takes numbers, dates or ordered values, found {_describe(value)}"
            )
        type_ = ValueType(Kind.NUMBER, minimum=0, maximum=1) if name == "share" else value.type
        return Typed(Aggregate(name, loop.target.id, relation.name, conditions, value.expr), type_)  # type: ignore[arg-type]


def _ordered(type_: ValueType) -> bool:
    if type_.kind is Kind.ENUM:
        return type_.enum is not None and type_.enum.ordinal
    return type_.kind in (Kind.NUMBER, Kind.DATE)


def _describe(typed: Typed) -> str:
    match typed.expr:
        case Const(value=str() as value) if typed.type.kind is Kind.TEXT:
            return f"text '{value}'"
        case Const(value=bool() as value):
            return str(value).lower()
        case Const(value=value, arity=Arity.ONE):
            return f"{value}"
        case Field(var=var, column=column):
            kind = "" if typed.arity is Arity.ONE else f"{typed.arity.value} of "
            return f"{var}.{column.name} ({kind}{_noun(typed.type)})"
        case _:
            return _noun(typed.type)


def _noun(type_: ValueType) -> str:
    if type_.kind is Kind.ENUM and type_.enum is not None:
        return type_.enum.name
    if type_.kind is Kind.BOOL:
        return "true or false"
    return type_.describe()
