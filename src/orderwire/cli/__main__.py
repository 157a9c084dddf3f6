"""`python -m orderwire.cli`, for where the script `orderwire` is not on the path."""

import sys

from orderwire.cli import main

sys.exit(main())
