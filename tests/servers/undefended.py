"""A worker that lacks a defense, or that stops at a bad moment: `python -m tests.servers.undefended FAULT…`.

The tests use the faults to get into the situation, and the missing defenses to show that they would notice.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from orderwire import worker
from orderwire.installation import prepare

AWAKE = "what was interrupted is done"
"""What a worker that was stopped says on its screen after it went on."""


def no_attempt_row() -> None:
    """Nothing is written down before the first byte."""
    drain: Any = import_module("orderwire.flow.distribute.drain")
    assert drain._intended
    drain._intended = lambda place, batch: batch


def no_fence() -> None:
    """A result counts although the claim was lost meanwhile."""
    from orderwire.flow.distribute import result

    condition = "d.fence = v.fence and "
    assert condition in result.MOVE_DELIVERIES
    result.MOVE_DELIVERIES = result.MOVE_DELIVERIES.replace(condition, "")


def no_lease_check() -> None:
    """Sends although the lease is over."""
    from orderwire.flow.distribute.claimed import Claimed

    Claimed.time_left = lambda self: 1e9  # type: ignore[method-assign]


def sleep_before_send() -> None:
    """The process is stopped (SIGSTOP) just before it sends its second parcel."""
    drain: Any = import_module("orderwire.flow.distribute.drain")
    drain._try = _stopping(drain._try, at=2)


def sleep_before_result() -> None:
    """The process is stopped when it knows its first results and has not written them down."""
    drain: Any = import_module("orderwire.flow.distribute.drain")
    drain._write_down = _stopping(drain._write_down, at=1)


def half_a_file() -> None:
    """Dies in the middle of the second file."""
    from orderwire.channels.folder.outbox import Outbox

    written = 0
    whole = Outbox._write

    def write(self: Outbox, name: str, content: bytes) -> None:
        nonlocal written
        written += 1
        if written < 2:
            return whole(self, name, content)
        whole(self, name, content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Outbox._write = write  # type: ignore[method-assign]


def _stopping(function: Callable[..., Any], *, at: int) -> Callable[..., Any]:
    calls = 0

    def stopping(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != at:
            return function(*arguments, **named)
        # To this thread: a signal to the process may be taken by another, and this one would run on for a moment.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        done = function(*arguments, **named)
        sys.stderr.write(f"{AWAKE}\n")
        return done

    return stopping


FAULTS = {
    f.__name__: f
    for f in (no_attempt_row, no_fence, no_lease_check, sleep_before_send, sleep_before_result, half_a_file)
}

if __name__ == "__main__":
    prepare()
    for name in sys.argv[1:]:
        FAULTS[name]()
    worker.run(threads=4)
