"""The page of the REST API: how to call it, its scopes and its operations. The whole contract is openapi.json."""

from orderwire.api.access import SCOPES, SUPPLIER_SCOPES
from orderwire.api.application import specification
from orderwire.api.openapi import DESCRIPTION
from orderwire.documentation.markdown import table


def page() -> str:
    """docs/reference/api/README.md."""
    operations = [
        (f"`{method.upper()} {path}`", item["summary"], f"`{item['security'][0]['key'][0]}`")
        for path, methods in specification()["paths"].items()
        for method, item in methods.items()
    ]
    scopes = [(f"`{scope}`", what, "yes" if scope in SUPPLIER_SCOPES else "no") for scope, what in SCOPES.items()]
    return (
        f"# REST API\n\n{DESCRIPTION}\n\nThe whole contract is [openapi.json](openapi.json); a running installation "
        "serves it at `/api/v1/openapi.json`, and the models of orders and answers at `/api/v1/schemas/`.\n\n"
        "## Operations\n\n" + table(("call", "what it does", "scope"), operations) + "\n## Scopes\n\n"
        "A key that belongs to a supplier's user sees what was sent to that supplier, and nothing else.\n\n"
        + table(("scope", "what it allows", "for suppliers' keys"), scopes)
    )
