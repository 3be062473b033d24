"""The steps of a rule's plan as statements, and what stands at their core: taking down firings.

A rule's loose loops find every possible firing; tests at their core tell the certain ones apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crm_rules.engine.codegen.conditions import Conditions, has_aggregate, two_valued
from crm_rules.engine.codegen.frame import FLIPPED, Leaf, Mode, RowVar, Scope, tuple_of
from crm_rules.facts.schema import Kind
from crm_rules.program.plan import Define, Either, Exists, Scan, Step, Test
from crm_rules.rules.expressions import Aggregate, Const, Expr, Field, names
from crm_rules.rules.rule import Conclude
from crm_rules.rules.semantics import settle


@dataclass(slots=True)
class Generator(Conditions):
    """Generates the statements of rules."""

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
                single = self.by_key(step.relation, step.probe, mode, scope)
                if single is not None:
                    scope[step.var] = RowVar(single, step.relation)
                    with self.conditions(step.filters, mode, scope, first=f"{single} is not None"):
                        self.steps(rest, mode, scope, leaf, witnesses)
                    return
                row = RowVar(self.fresh("r"), step.relation, loose=mode == "loose")
                source = self.source(step.relation, step.probe, mode, scope)
                self.scans += 1
                with self.lines.block(f"for {row.name} in {source}:"):
                    scope[step.var] = row
                    with self.conditions(step.filters, mode, scope):
                        self.steps(rest, mode, scope, leaf, witnesses)
                self.scans -= 1
                if self.scans == 1 and self.shared:
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
        recorded = f"len({self.records('certain')})"
        if self.full:
            recorded += f" + len({self.records('possible')})"
        self.lines.put(f"if {recorded} > {most}: state.too_many_firings()")

    # -- leaves -----------------------------------------------------------------------------

    def records(self, kind: Literal["certain", "possible"]) -> str:
        """The list firings are recorded in."""
        return self.need("firings", "state.fired") if kind == "certain" else self.need("possibly", "state.maybe")

    def record(self, kind: Literal["certain", "possible"], scope: Scope, witnesses: dict[int, str]) -> None:
        """Take down one firing and what it concludes."""
        rule = self.program.rules[self.position]
        parts = [str(self.position), *(self.row(scope, e.var).name for e in rule.eaches)]
        if kind == "certain":
            parts += [witnesses.get(i, "None") for i in range(len(rule.somes))]
        append = self.need("fired" if kind == "certain" else "maybe", f"{self.records(kind)}.append")
        self.lines.put(f"{append}({tuple_of(parts)})")
        if self.position in self.uses.raised:
            if kind == "certain":
                self.lines.put(f"{self.need('sure_flags', 'state.sure_flags')}[{self.position}] = 1")
            if self.full:
                self.lines.put(f"{self.need('loose_flags', 'state.loose_flags')}[{self.position}] = 1")
        for conclude in rule.concludes:
            self.derive(conclude, kind, scope)

    def derive(self, conclude: Conclude, kind: Literal["certain", "possible"], scope: Scope) -> None:
        """Add a derived fact."""
        row = tuple_of([self.settled(v, scope) for v in conclude.values])
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
                    tests = self.beyond_loose(own_conditions(step), certain)
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

    def matching_keys(self, step: Exists, mode: Mode) -> str | None:
        """The keys under which there is a match, where no other fact has a say in that; else None.

        One pass over the relation, before any loop, then answers for every key.
        """
        probe = step.probe
        if probe is None or probe.element or step.relation in self.own:
            return None
        always = self.scope()
        if any(names(f) - {step.var} - set(always) or has_aggregate(f) for f in step.filters):
            return None
        row = RowVar("r", step.relation, loose=mode == "loose")
        tests = [self.condition(f, mode, {**always, step.var: row}) for f in step.filters]
        condition = f" if {' and '.join(tests)}" if tests else ""
        keys = f"{{r[{probe.column}] for r in {self.rows(step.relation, mode)}{condition}}}"
        if mode == "sure" and probe.column == 0 and not self.derived(step.relation):
            return self.needs("m", keys)
        return self.needs("m", f"{mode}_keys({keys})")

    def sure_core(self, steps: Sequence[Step], scope: Scope, leaf: Callable[[Scope, dict[int, str]], None]) -> None:
        """Statements under which the loosely bound facts make a certain firing."""
        certain = self.certain_scope(steps, scope)
        tests: list[Step] = []
        for step in steps:
            match step:
                case Scan() | Test():
                    tests.extend(Test(c) for c in own_conditions(step) if not two_valued(c))
                case Define():
                    pass  # its value does not depend on the mode
                case _:
                    tests.append(step)
        witnesses: dict[int, str] = {}
        with self.under(self.certain_rows(steps, scope)):
            self.steps(tests, "sure", certain, lambda: leaf(certain, witnesses), witnesses)


def own_conditions(step: Scan | Test) -> list[Expr]:
    """The conditions of a step, the one its index lookup stands for included."""
    if isinstance(step, Test):
        return [step.expr]
    return [*([step.probe.condition] if step.probe else []), *step.filters]
