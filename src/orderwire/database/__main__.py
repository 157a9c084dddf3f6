"""`python -m orderwire.database COMMAND…` runs one command with a data folder that lives as long as the command, so
that checks and benchmarks never touch the user's own."""

import os
import subprocess
import sys

from orderwire.database import temporary_data


def main(command: list[str]) -> int:
    """Run the command and pass its exit code on."""
    with temporary_data() as data:
        return subprocess.run(command, check=False, env=os.environ | {"ORDERWIRE_DATA": str(data)}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
