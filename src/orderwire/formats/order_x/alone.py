"""One stranger's PDF opened in a process of its own: the file on standard input, what it carries as JSON on standard
output. Arguments: seconds of computing and bytes of address space that it may take."""

import base64
import dataclasses
import json
import resource
import sys

from orderwire.formats.order_x.container import opened


def main() -> int:
    """0 with an answer; a process that is killed at its limits has none."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    found, findings = opened(sys.stdin.buffer.read())
    answer = {
        "name": found.name if found else None,
        "content": base64.b64encode(found.content).decode() if found else "",
        "findings": [dataclasses.asdict(finding) for finding in findings],
    }
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
