"""`python -m bench [NAME]` runs every benchmark beside this file, or one, and prints one JSON line per figure.

A benchmark is a module with `run()`, which yields figures: name, unit, median, lo, hi (the spread), n (repeats) and
bounded_by (what keeps the figure from being better). Each runs in a process of its own, so that none warms another.
"""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

FIGURE = ("name", "unit", "median", "lo", "hi", "n", "bounded_by")


def main(wanted: list[str]) -> int:
    """Run the benchmarks by name (default: all). Exit code 1 when one failed, 2 when there is none of that name."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no benchmark {', '.join(unknown)}. There is: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = [
        name
        for name in wanted or known
        if subprocess.run(
            [sys.executable, "-c", f"from bench.__main__ import one; one({name!r})"], check=False
        ).returncode
    ]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def one(name: str) -> None:
    """Run one benchmark in this process."""
    module = import_module(f"bench.{name}")
    if not hasattr(module, "run"):  # shared parts of benchmarks lie beside them
        return
    for figure in module.run():
        print(json.dumps({key: figure[key] for key in FIGURE}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
