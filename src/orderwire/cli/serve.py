"""orderwire serve: the console, the answer pages and the API, with workers beside them."""

import argparse
import sys
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("serve", help="run the web pages and the API, with workers beside them")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--workers", type=int, default=1, help="worker processes to run beside it (default 1, 0 none)")
    parser.set_defaults(run=run)


def web_command(host: str, port: int) -> list[str]:
    """The web server's command line. Open streams do not keep it from ending."""
    options = ["--host", host, "--port", str(port), "--log-level", "warning", "--no-access-log", "--no-server-header"]
    return [sys.executable, "-m", "uvicorn", "orderwire.asgi:application", *options, "--timeout-graceful-shutdown", "3"]


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from orderwire.installation import prepare
    from orderwire.supervise import Child, Tree, orderwire

    prepare()
    children = [Child("web", web_command(args.host, args.port))]
    children += [Child(f"worker {n}", orderwire("worker")) for n in range(1, args.workers + 1)]
    print(f"Orderwire is at http://{args.host}:{args.port}/ (Ctrl-C ends it)")
    Tree(children).run()
    return 0
