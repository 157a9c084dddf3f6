"""Named places where the crash tests kill the worker. Without ORDERWIRE_FAIL_AT nothing happens here."""

import os
import signal

_WANTED, _, _COUNT = os.environ.get("ORDERWIRE_FAIL_AT", "").partition(":")
_left = int(_COUNT or 1)


def failpoint(name: str) -> None:
    """Kill this process (SIGKILL) at the n-th pass of the place that ORDERWIRE_FAIL_AT=name:n names.

    Names are CHANNEL.PLACE, such as email.after_claim.
    """
    global _left
    if name == _WANTED:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
