"""Which engines there are: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from crm_rules.diagnostics import did_you_mean
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError

DEFAULT_ENGINE = "compiled"

# One compiled engine per process, so that its cache of programs is shared.
_COMPILED = CompiledEngine()

ENGINES: Mapping[str, Callable[[], Engine]] = MappingProxyType(
    {"compiled": lambda: _COMPILED, "reference": ReferenceEngine}
)


def engine_named(name: str) -> Engine:
    """An engine by name.

    Raises:
        EngineError: there is no such engine.
    """
    if name not in ENGINES:
        hint = did_you_mean(name, ENGINES)
        raise EngineError(f"there is no engine '{name}'" + (f"; {hint}" if hint else ""))
    return ENGINES[name]()


def installed_engines() -> tuple[str, ...]:
    """Names of the engines that can be used here, the default one first."""
    return tuple(sorted(ENGINES, key=lambda name: (name != DEFAULT_ENGINE, name)))
