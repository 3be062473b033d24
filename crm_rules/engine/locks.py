"""Locks that a fork of the process finds open.

A fork has only the thread that made it. A lock another thread held at that moment would never be
released there.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Final


class ProcessLock:
    """A lock among the threads of one process, used as `with lock.here:`.

    Attributes:
        here: the lock of the present process; every fork has one of its own.
    """

    def __init__(self) -> None:
        self.here = threading.Lock()
        _LOCKS.add(self)


_LOCKS: Final[weakref.WeakSet[ProcessLock]] = weakref.WeakSet()


def _renew() -> None:
    for lock in _LOCKS:
        lock.here = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
