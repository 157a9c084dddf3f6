"""One very large order rendered in a process of its own: JSON on standard input, PDF on standard output.

Arguments: the document's date in seconds since 1970, and how many seconds of computing it may take.
"""

import resource
import sys

from orderwire.formats.pdf.render import NotRendered, here

_MEMORY = 3 * 1024**3
"""Bytes of address space; an order of 5,000 lines has some 0.7 GB of it in use."""


def main() -> int:
    """0 with a PDF, 1 with the reason on standard error."""
    issued, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        sys.stdout.buffer.write(here(sys.stdin.buffer.read().decode(), issued, tagged=False))
    except NotRendered as failure:
        sys.stderr.write(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
