"""A pytest plug-in (`-p orderwire.testing.pytest_data`): the run has a data folder of its own, never the user's.

It must be a plug-in and not a conftest, because pytest-django reads the settings before any conftest.
"""

import atexit
import os
from contextlib import ExitStack

from orderwire.database import temporary_data

# Workers of a parallel run inherit the folder of the run.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _run = ExitStack()
    atexit.register(_run.close)
    os.environ["ORDERWIRE_DATA"] = str(_run.enter_context(temporary_data()))
    os.environ.pop("ORDERWIRE_CONFIG", None)
