"""Channels and formats in words for people, also of plug-ins that are no longer installed."""

from functools import cache

from orderwire import plugins


@cache
def channel_word(kind: str) -> str:
    """The label of a channel: "E-mail"; the bare kind where it is not installed."""
    return next((c.label for c in plugins.channels() if c.kind == kind), kind)


@cache
def format_word(kind: str) -> str:
    """The label of a format: "X12"; the bare kind where it is not installed."""
    return next((f.label for f in plugins.formats() if f.kind == kind), kind)


_BY = {"email": "by e-mail", "portal": "through the portal", "folder": "into their folder", "sftp": "by SFTP",
       "as2": "by AS2", "webhook": "to their webhook", "cxml_http": "by cXML", "rest": "to their system",
       "peppol": "through Peppol"}  # fmt: skip


def by_channel(kind: str) -> str:
    """How something was sent, to stand in a sentence."""
    return _BY.get(kind, f"{'into' if kind in ERP else 'by'} {channel_word(kind)}")


_TAKEN = {"email": "their server took it", "portal": "it stands in the portal", "folder": "it lies in their folder",
          "sftp": "it lies on their server", "as2": "their station took it", "webhook": "their system took it",
          "cxml_http": "their system took it", "rest": "their system took it",
          "peppol": "the access point took it"}  # fmt: skip


def taken_word(kind: str) -> str:
    """What it means that something was handed over by this channel, and no more."""
    return _TAKEN.get(kind, f"it stands in {channel_word(kind)}" if kind in ERP else "handed over")


ERP = frozenset({"dynamics365", "erp_rest", "erpnext", "netsuite", "odoo", "s4hana", "tryton"})
"""Channels that lead into an ERP."""

_CAME = {"sftp": "by SFTP", "as2": "by AS2", "webhook": "by webhook", "cxml_http": "by cXML", "rest": "by REST",
         "peppol": "through Peppol", "email": "by e-mail"}  # fmt: skip
_SOURCES = {"api": "through the API", "cli": "by the command line", "console": "in the console",
            "portal": "in the portal", "answer page": "on the answer page"}  # fmt: skip


def source_word(source: str, *, theirs: bool = False) -> str:
    """Where something came from, to stand in a sentence: "folder:erp" is "through the folder of erp".

    `theirs`: it came from the supplier whom the sentence is about.
    """
    kind, _, name = source.partition(":")
    if name and kind in _CAME:
        return _CAME[kind] if theirs else f"{_CAME[kind]} from {name}"
    if name and kind in ERP:
        return f"from {channel_word(kind)}" if theirs else f"from {channel_word(kind)} ({name})"
    if name and theirs and kind != "api":
        return f"through their {channel_word(kind).lower()}"
    if name:
        return f"through the API ({name})" if kind == "api" else f"through the {channel_word(kind).lower()} of {name}"
    return _SOURCES.get(source, f"through {source}")


_SAYS = {
    "email": "A mail with the order as files. What bounces and what people reply comes back.",
    "portal": "They sign in here and read it.",
    "folder": "Files in a folder that this machine sees: an EDI translator, a shared drive.",
    "sftp": "Files on a server, theirs or a mailbox at a network provider.",
    "as2": "Signed and encrypted over HTTP, with their signed receipt.",
    "webhook": "A signed call to an address of theirs.",
    "cxml_http": "cXML over HTTP; their answer is the receipt.",
    "rest": "A call of their interface, with a key against repetitions.",
    "peppol": "Through your access point to the Peppol network.",
}


def channel_says(kind: str, otherwise: str) -> str:
    """What a channel is, in a sentence for who chooses one."""
    erp = "Your own ERP: orders come from it, what became of them goes back."
    return _SAYS.get(kind, erp if kind in ERP else otherwise)


def resendable(kind: str) -> bool:
    """True where the partner recognizes a repeated send; False also where the channel is not installed."""
    return next((c.resendable for c in plugins.channels() if c.kind == kind), False)
