"""`python -m orderwire` is the command `orderwire`."""

import sys

from orderwire.cli import main

sys.exit(main())
