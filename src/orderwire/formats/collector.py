"""The garbage collector rests while a file is read: its documents all stay, and searching them again and again for
what could go takes longer than reading them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting() -> Iterator[None]:
    """No collection of cycles meanwhile; for work that is bounded. Leaves the collector as it was."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()
