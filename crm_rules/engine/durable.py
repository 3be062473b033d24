"""The durable-rules engine: the same programs, matched by the C library `durable_rules` 2.0.28.

Only this file imports the library, and of it only the C module: its Python host swallows errors, keeps
threads and never frees a ruleset. What the library gets wrong is kept away from it:

* Rules are flat conjunctions of equalities of small whole numbers (`durable_plan`, `durable_layout`);
  values, order, unknowns, aggregates and disjunction stay in Python (`durable_facts`).
* A working memory begins with a *boot* fact whose rule fires. Without it, deleting the memory frees
  pointers that were never set.
* Every batch ends with a *canary* fact whose rule must fire once: a batch that was cut short by an error
  the library kept to itself has no canary.
* Batches are never empty and are all accepted in full, or the run ends with an `EngineError`.
* What negated patterns look for is asserted before everything else and matched by nothing else.
* Whatever looks wrong ends the run, and the ruleset is not used again.

Notes on the library beyond what is known of it elsewhere. Equalities are looked up by a 32-bit hash of
their values, so that the out-of-bounds read behind a false last equality (events.c:611) needs two values
of one hash; with equalities alone it is as rare as that, and no test of values shows it. The limit of 64
alternatives per fact counts patterns, not the literals they share. `dist: 0` finds the matches in which
one fact takes two places exactly once each. Starting an action reads the clock and locks the memory for
30 seconds; completing it forgets both, so that nothing depends on the clock between batches. A memory can
be deleted while matches are still to be fetched: they lie in pools that are freed as a whole. A fact
takes 7 kB however few properties it has; therefore a row is one fact per ruleset and name, not per rule.

Runs are made one at a time: a ruleset has one working memory, and the library keeps the interpreter to
itself while it works.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import durable_rules_engine as library

from crm_rules.engine.durable_code import ProgramCode, compile_for_durable
from crm_rules.engine.durable_layout import BOOT, BOOT_KIND, CANARY, CANARY_KIND, KIND, ONE, SID, Identities, Shard
from crm_rules.engine.durable_run import DurableRun, Fact, Match
from crm_rules.engine.locks import ProcessLock
from crm_rules.engine.protocol import Limits, Run
from crm_rules.errors import EngineError
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program

CACHED_PROGRAMS: Final = 16
"""How many compiled programs a process keeps."""

BATCH: Final = 1_000
"""Facts asserted in one call; limits are looked at between calls."""

_ACCEPTED: Final = 0


class DurableEngine:
    """durable-rules behind the protocol of all engines; what it cannot match is refused before anything runs."""

    name = "durable"

    def __init__(self) -> None:
        self._cache: OrderedDict[tuple[str, bool], _Compiled] = OrderedDict()
        self._lock = ProcessLock()
        # As the cache, only looked at under the lock.
        self._identities = Identities()

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        """Run a program; see `engine.protocol.Engine`."""
        with self._lock.here:
            compiled = self._prepare(program, possible)
            limits = limits or Limits()
            return DurableRun(program, facts, compiled.code, compiled.open, limits, possible, self.name).run()

    def prepare(self, program: Program, possible: bool = True) -> None:
        """Compile a program, or find it in the cache; `run` does this by itself.

        Raises:
            UnsupportedByEngine: durable-rules cannot match one of the rules.
        """
        with self._lock.here:
            self._prepare(program, possible)

    def close(self) -> None:
        """Forget all compiled programs and free what the library holds of them."""
        with self._lock.here:
            while self._cache:
                self._cache.popitem()[1].close()

    def _prepare(self, program: Program, possible: bool) -> _Compiled:
        key = (program.fingerprint, possible)
        compiled = self._cache.get(key)
        if compiled is None:
            compiled = self._cache[key] = _Compiled(compile_for_durable(program, possible), self._identities)
        self._cache.move_to_end(key)
        while len(self._cache) > CACHED_PROGRAMS:
            self._cache.popitem(last=False)[1].close()
        return compiled


class _Compiled:
    """A program with those of its rulesets that have been needed so far."""

    def __init__(self, code: ProgramCode, identities: Identities) -> None:
        self.code = code
        self._identities = identities
        self._handles: dict[int, int] = {}

    @contextmanager
    def open(self, shard: Shard) -> Iterator[_Memory]:
        """A working memory of a ruleset, which is left empty; one that fails is never used again."""
        key = id(shard)
        handle = self._handles.pop(key, None)
        if handle is None:
            handle = _checked(library.create_ruleset, "crm_rules", shard.text)
        memory = _Memory(handle, self._identities)
        try:
            yield memory
        finally:
            # After an error inside the library nobody can say what state it is in: it is left alone. Out
            # of a run that ends early for another reason the memory is taken back with what it still has.
            if not memory.suspect:
                memory.delete()
                self._handles[key] = handle

    def close(self) -> None:
        """Free the rulesets."""
        while self._handles:
            _checked(library.delete_ruleset, self._handles.popitem()[1])


class _Memory:
    """The one working memory of a ruleset, during one run.

    Attributes:
        suspect: whether the library is at work or has failed, so that the memory cannot be deleted.
            Matches that have not been fetched are no hindrance: they are part of what is deleted.
    """

    def __init__(self, handle: int, identities: Identities) -> None:
        self.suspect = True
        self._handle, self._identities = handle, identities
        self._used = 0
        self._state: int | None = None
        (number,) = self._numbers(1)
        self._assert([_fact(number, BOOT_KIND)])
        if list(self._matches()) != [(BOOT, {"m0": number})]:
            self.suspect = True
            raise EngineError("durable-rules did not start; its answers cannot be trusted")

    def assert_facts(self, facts: Sequence[Fact]) -> Iterator[tuple[Sequence[int], Iterator[Match]]]:
        """Assert facts in batches; see `engine.durable_run.Memory`."""
        kinds = {kind.code: kind for kind, _ in facts}
        templates = {code: kind.template for code, kind in kinds.items()}
        for start in range(0, len(facts), BATCH):
            batch = facts[start : start + BATCH]
            *numbers, canary = self._numbers(len(batch) + 1)
            texts = [templates[k.code] % (n, *v) for n, (k, v) in zip(numbers, batch, strict=True)]
            self._assert([*texts, _fact(canary, CANARY_KIND)])
            heard: list[Match] = []
            yield numbers, self._besides_canary(heard)
            if heard != [(CANARY, {"m0": canary})]:
                self.suspect = True
                raise EngineError("durable-rules did not read a batch of facts to its end; no answer can be given")

    def delete(self) -> None:
        """Forget all facts."""
        self._call(library.delete_state, SID)

    def _numbers(self, count: int) -> Sequence[int]:
        self._used += count
        return self._identities.first(self._used)[self._used - count : self._used]

    def _assert(self, texts: Sequence[str]) -> None:
        # A string of its own: the library writes into it.
        status, state = self._call(library.assert_facts, "[" + ",".join(texts) + "]")
        if self._state is None:
            self._state = state
        if status != _ACCEPTED or state != self._state:
            self.suspect = True
            raise EngineError(f"durable-rules refused facts (status {status}); no answer can be given")

    def _besides_canary(self, heard: list[Match]) -> Iterator[Match]:
        """The matches of a batch; those of canaries are put aside."""
        for match in self._matches():
            if match[0] == CANARY:
                heard.append(match)
            else:
                yield match

    def _matches(self) -> Iterator[Match]:
        """The matches of what was asserted last, fetched one at a time."""
        action = self._call(library.start_action_for_state, self._state)
        text = action and action[1]
        while text:
            ((rule, facts),) = json.loads(text).items()
            yield rule, {alias: int(fact["id"][1:]) for alias, fact in facts.items()}
            text = self._call(library.complete_and_start_action, self._state)

    def _call(self, function: Any, *arguments: Any) -> Any:
        self.suspect = True
        result = _checked(function, self._handle, *arguments)
        self.suspect = False
        return result


def _fact(number: int, kind: int) -> str:
    return f'{{"id":"f{number}","sid":"{SID}","{KIND}":{kind},"{ONE}":1}}'


def _checked(function: Any, *arguments: Any) -> Any:
    """Call the library, whose errors are numbers."""
    try:
        return function(*arguments)
    except library.error as error:
        raise EngineError(f"durable-rules failed ({error}); no answer can be given") from error
