"""Which engines there are: one row each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from crm_rules.diagnostics import did_you_mean
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.isolated import IsolatedEngine
from crm_rules.engine.protocol import Engine
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError

DEFAULT_ENGINE = "compiled"

BUILD_ON_NEWER_PYTHON = (
    "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
    "pip install --no-cache-dir --no-binary durable_rules durable_rules"
)
"""What installs durable_rules 2.0.28 on Python 3.13 and later, with a C compiler and the Python headers."""

# One compiled engine per process, so that its cache of programs is shared.
_COMPILED = CompiledEngine()


def _compiled() -> Engine:
    return _COMPILED


@cache
def _durable() -> Engine:
    # The library is looked for only by those who ask for it: it need not be there.
    try:
        from crm_rules.engine.durable import DurableEngine
    except ImportError as error:
        if error.name and error.name.startswith("crm_rules"):
            raise
        otherwise = f"the engine '{DEFAULT_ENGINE}' gives the same answers"
        if sys.version_info >= (3, 13):
            # The package calls a function that Python 3.13 has removed; its successor takes the same arguments.
            message = (
                "the engine 'durable' is not installed: its package cannot be imported on Python 3.13 and later unless"
                f" it is built by {BUILD_ON_NEWER_PYTHON}, or use Python 3.11 or 3.12; {otherwise}"
            )
        else:
            message = (
                "the engine 'durable' is not installed: pip install 'crm-rules[durable]' builds it with a C compiler"
                f" and the Python headers; {otherwise}"
            )
        raise EngineError(message) from error
    return DurableEngine()


ENGINES: Mapping[str, Callable[[], Engine]] = MappingProxyType(
    {"compiled": _compiled, "reference": ReferenceEngine, "durable": _durable}
)

FOREIGN_ENGINES: frozenset[str] = frozenset({"durable"})
"""Engines that run code which can take the whole process down, and are better kept in one of their own."""


def engine_named(name: str, isolated: bool = False) -> Engine:
    """An engine by name.

    Args:
        name: name of the engine.
        isolated: run it in a process of its own, one for all who ask; a crash, or a run that takes
            longer than `Limits.seconds`, is then an `EngineError`.

    Raises:
        EngineError: there is no such engine, or it cannot be used here; the message says how to get it.
    """
    if name not in ENGINES:
        hint = did_you_mean(name, ENGINES)
        raise EngineError(f"there is no engine '{name}'" + (f"; {hint}" if hint else ""))
    engine = ENGINES[name]()
    return _isolated(name) if isolated else engine


@cache
def _isolated(name: str) -> Engine:
    return IsolatedEngine(name, ENGINES[name])


def installed_engines() -> tuple[str, ...]:
    """Names of the engines that can be used here, the default one first."""
    return tuple(sorted(filter(_is_installed, ENGINES), key=lambda name: (name != DEFAULT_ENGINE, name)))


def _is_installed(name: str) -> bool:
    try:
        ENGINES[name]()
    except EngineError:
        return False
    return True
