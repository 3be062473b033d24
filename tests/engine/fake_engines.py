"""Engines that end in every way an engine can end; they are made in the process of `IsolatedEngine`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from dataclasses import replace

from crm_rules.engine.protocol import Limits, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError, UnsupportedByEngine
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program


class Fake:
    """Does what the name of the first rule says, and answers with who it is."""

    name = "fake"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        getattr(self, program.rules[0].id.partition(".")[2])()
        record = (os.getpid(), id(program), len(facts.origin.places), possible, limits, type(self).__name__)
        return Run(program, facts, self.name, [record], [], {}, possible)

    def answer(self) -> None:
        """Nothing in particular."""

    def other(self) -> None:
        """Nothing in particular, in another program."""

    def segfault(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def divide(self) -> None:
        os.kill(os.getpid(), signal.SIGFPE)

    def leave(self) -> None:
        os._exit(7)

    def loop(self) -> None:
        while True:
            pass

    def loop_in_c(self) -> None:
        # Called this way, C keeps the interpreter lock: no other thread of the process runs.
        ctypes.PyDLL(None).sleep(3600)

    def wait(self) -> None:
        time.sleep(1)

    def limit(self) -> None:
        raise EngineError("more than 3 firings (limit: firings)")

    def refuse(self) -> None:
        raise UnsupportedByEngine("some.rule", "it is too hard")

    def fail(self) -> None:
        raise ZeroDivisionError("on purpose")

    def fail_strangely(self) -> None:
        class Strange(Exception):
            pass

        raise Strange("cannot be sent")

    def print(self) -> None:
        sys.stdout.write("text on standard output\n")
        sys.stdout.flush()
        os.write(1, b"more of it\n")

    def ignore_interrupts(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def unmakable() -> Fake:
    """Cannot be made."""
    raise EngineError("it is not here")


class Renamed(ReferenceEngine):
    """The reference engine under a name of its own."""

    name = "renamed"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        return replace(super().run(program, facts, possible=possible, limits=limits), engine=self.name)
