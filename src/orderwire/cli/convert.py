"""`orderwire convert FILE --to FORMAT`: the documents of a file in another format, or the reason why not.
Needs no database, so control numbers start at 1 and there are no links."""

import argparse
import datetime
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderwire.document.finding import Finding
    from orderwire.formats import Format, ReadDocument, Written


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    parser = subparsers.add_parser("convert", help="write the documents of a file in another format")
    parser.add_argument("file", metavar="FILE", help="file to read, - for standard input")
    parser.add_argument("--to", metavar="FORMAT", required=True, help="format to write, see orderwire plugins")
    parser.add_argument("-o", "--output", metavar="OUT", help="file to write, or a folder for several documents")
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON object; needs -o")
    parser.set_defaults(run=run)


class Stateless:
    """A writer's context without memory: each sequence of control numbers starts at 1."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self.now = datetime.datetime.now(datetime.UTC)
        self.links: Mapping[str, str] = {}

    def control_number(self, name: str) -> int:
        """The next number of this run."""
        self._numbers[name] += 1
        return self._numbers[name]


def run(args: argparse.Namespace) -> int:
    """0 when every document was written, 1 when something was refused, 2 for a wrong call."""
    from orderwire.cli._output import Usage

    try:
        return _convert(args)
    except Usage as failure:
        print(f"orderwire convert: {failure}", file=sys.stderr)
        return 2


def _convert(args: argparse.Namespace) -> int:
    from orderwire import plugins
    from orderwire.cli._output import Usage, file_bytes
    from orderwire.document.finding import has_errors
    from orderwire.reading import read

    if args.json and args.output is None:
        raise Usage("--json needs -o, or the document and the findings would mix")
    try:
        target = plugins.format(args.to)
    except KeyError as failure:
        raise Usage(str(failure.args[0])) from None
    result = read(file_bytes(args.file))
    findings = list(result.findings)
    written: list[Written] = []
    refused = has_errors(findings)
    context = Stateless()
    for document in result.documents:
        findings += document.findings
        done, problems = _written(document, target, context)
        findings += problems
        if done:
            written.append(done)
        else:
            refused = True
    return _deliver(args, written, findings, refused=refused)


def _written(document: "ReadDocument", target: "Format", context: Stateless) -> "tuple[Written | None, list[Finding]]":
    """The document in the target format and what that loses, or None and why not."""
    from orderwire.document.finding import error, warning
    from orderwire.formats import CannotCarry

    name = document.number or str(document.type)
    if document.document is None or not document.usable:
        return None, [error("not-usable", name, "was not converted, because it has errors")]
    if document.type not in target.writes:
        kinds = ", ".join(sorted(target.writes)).replace("_", " ")
        text = f"{target.kind} cannot be written for a {document.type}".replace("_", " ") + f"; it carries {kinds}"
        return None, [error("cannot-carry", name, text)]
    try:
        done = target.write(document.document, {}, context)
    except CannotCarry as failure:
        return None, list(failure.findings)
    findings = list(done.findings)
    if document.approval:
        findings.append(warning("cannot-carry", f"{name} approval", "is left out: it counts only from its own source"))
    return done, findings


def _deliver(args: argparse.Namespace, written: "list[Written]", findings: "list[Finding]", *, refused: bool) -> int:
    """Puts the documents where they were asked for and tells the findings."""
    import json

    from orderwire.cli._output import Usage, as_json, lines
    from orderwire.document.finding import error

    files: list[str] = []
    into_folder = args.output is not None and Path(args.output).is_dir()
    if len(written) > 1 and not into_folder:
        text = f"holds {len(written)} documents; give an existing folder with -o"
        findings.append(error("several-documents", "file", text))
        written, refused = [], True
    try:
        for document in written:
            if args.output is None:
                sys.stdout.buffer.write(document.content)
                sys.stdout.buffer.flush()
                continue
            path = Path(args.output)
            if into_folder:
                path = _free(path / document.filename, files)
            path.write_bytes(document.content)
            files.append(str(path))
    except OSError as failure:
        raise Usage(f"{args.output}: {(failure.strerror or str(failure)).lower()}") from None
    if args.json:
        print(json.dumps({"format": args.to, "files": files, "findings": as_json(findings)}, indent=2))
    else:
        for line in lines(findings):
            print(line, file=sys.stderr)
    return 1 if refused else 0


def _free(path: Path, taken: list[str]) -> Path:
    """The path, with a number where another document of this run has the same name."""
    number, free = 1, path
    while str(free) in taken:
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
