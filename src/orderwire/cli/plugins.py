"""`orderwire plugins`: every channel and format that is installed, and why one did not load."""

import argparse
import json


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    parser = subparsers.add_parser("plugins", help="list channels and formats")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Always 0: a plug-in that did not load is listed and stops nothing."""
    from orderwire.plugins import plugins

    found = [
        {
            "group": plugin.group,
            "name": plugin.name,
            "label": plugin.instance.label if plugin.instance else None,
            "version": plugin.version,
            "source": plugin.source,
            "loaded": plugin.problem is None,
            "problem": plugin.problem,
        }
        for plugin in plugins()
    ]
    if args.json:
        print(json.dumps({"plugins": found}, indent=2))
        return 0
    width = max((len(plugin.name) for plugin in plugins()), default=0)
    long = max((len(plugin.version) for plugin in plugins()), default=0)
    for item in found:
        state = f"did not load: {item['problem']}" if item["problem"] else item["label"]
        print(f"{item['group']:<8} {item['name']:<{width}}  {item['version']:<{long}}  {item['source']:<12} {state}")
    return 0
