"""`orderwire read FILE`: which format is it, what does it hold, what is wrong with it. Needs no database."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orderwire.formats import ReadDocument, ReadResult


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    parser = subparsers.add_parser("read", help="show what a file holds and what is wrong with it")
    parser.add_argument("file", metavar="FILE", help="file to read, - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when every document is usable, 1 when something is refused, 2 when there is no such file."""
    from orderwire.cli._output import Usage, as_json, file_bytes
    from orderwire.document.finding import has_errors
    from orderwire.reading import read

    try:
        result = read(file_bytes(args.file))
    except Usage as failure:
        print(f"orderwire read: {failure}", file=sys.stderr)
        return 2
    if args.json:
        found = {
            "format": result.format,
            "documents": [_summary(document) for document in result.documents],
            "findings": as_json(result.findings),
        }
        print(json.dumps(found, indent=2))
    else:
        _show(result)
    refused = has_errors(result.findings) or not all(document.usable for document in result.documents)
    return 1 if refused else 0


def _summary(read: "ReadDocument") -> dict[str, Any]:
    from orderwire.cli._output import as_json
    from orderwire.document.money import totals
    from orderwire.document.order import Order

    document = read.document
    lines = getattr(document, "lines", None)
    return {
        "type": str(read.type),
        "number": read.number,
        "revision": getattr(document, "revision", None),
        "lines": len(lines) if lines is not None else None,
        "total": str(totals(document).total) if isinstance(document, Order) else None,
        "currency": getattr(document, "currency", None),
        "test": read.test,
        "usable": read.usable,
        "findings": as_json(read.findings),
    }


def _show(result: "ReadResult") -> None:
    from orderwire.cli._output import lines

    documents = [_summary(document) for document in result.documents]
    count = "no documents" if not documents else f"{len(documents)} document" + "s" * (len(documents) > 1)
    print(f"Format {result.format}, {count}")
    if documents:
        rows = [("type", "number", "version", "lines", "total", "")]
        for item in documents:
            total = f"{item['total']} {item['currency']}" if item["total"] else ""
            state = ("usable" if item["usable"] else "refused") + (", test" if item["test"] else "")
            numbers = ("" if item[key] is None else str(item[key]) for key in ("number", "revision", "lines"))
            rows.append((item["type"].replace("_", " "), *numbers, total, state))
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        for row in rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in lines(result.findings):
        print(line)
    for item, document in zip(documents, result.documents, strict=True):
        for line in lines(document.findings, f"{item['number'] or item['type']}: "):
            print(line)
