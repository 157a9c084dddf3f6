"""Labels and help of settings: a field's own description, else what the model's docstring says about its `name`."""

import re
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc

from pydantic import BaseModel

_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=`|[A-Z])")
_NAMED = re.compile(r"`(\w+)`")
_SHORT = {"url": "URL", "id": "ID", "as2": "AS2", "as4": "AS4", "smtp": "SMTP", "imap": "IMAP", "api": "API",
          "http": "HTTP", "https": "HTTPS", "tls": "TLS", "ca": "CA", "gln": "GLN", "duns": "DUNS", "vat": "VAT",
          "csv": "CSV", "edi": "EDI", "isa": "ISA", "gs": "GS", "unb": "UNB", "mdn": "MDN", "dsn": "DSN", "pdf": "PDF",
          "ssh": "SSH", "sftp": "SFTP", "erp": "ERP", "smp": "SMP", "xml": "XML", "json": "JSON",
          "cxml": "cXML", "dkim": "DKIM", "ta1": "TA1", "po": "PO"}  # fmt: skip


def label(name: str) -> str:
    """A setting's name for people: "from_address" is "From address"."""
    words = [_SHORT.get(word.lower(), word) for word in name.strip("_").split("_") if word]
    text = " ".join(words) or name
    return text if text[:1].isupper() or words[0] in _SHORT.values() else text[:1].upper() + text[1:]


def help_of(model: type[BaseModel], name: str) -> str:
    """What a setting means, empty where nobody wrote it down."""
    said = (_from_docstring(each).get(name) for each in model.__mro__ if issubclass(each, BaseModel))
    return model.model_fields[name].description or next(filter(None, said), "")


def intro(model: type[BaseModel]) -> str:
    """What a model's docstring says before it speaks of a setting."""
    first = _NAMED.search(_text(model))
    before = _text(model)[: first.start()] if first else _text(model)
    whole = before[: before.rfind(".") + 1].strip()
    return whole if "`" not in whole else ""


@cache
def _from_docstring(model: type[BaseModel]) -> dict[str, str]:
    """Each sentence belongs to the setting that it names first, one that names none to the setting before it."""
    found: dict[str, list[str]] = {}
    current = ""
    for sentence in _sentences(model):
        named = next((each for each in _NAMED.findall(sentence) if each in model.model_fields), "")
        current = named or current
        if current:
            found.setdefault(current, []).append(_told(sentence, current, model))
    return {name: " ".join(each[:1].upper() + each[1:] for each in said) for name, said in found.items()}


def _sentences(model: type[BaseModel]) -> Iterator[str]:
    for part in _SENTENCE.split(_text(model)):
        yield part.strip()


def _told(sentence: str, name: str, model: type[BaseModel]) -> str:
    text = re.sub(rf"^`{re.escape(name)}`(?::| is| are)?\s+", "", sentence)
    text = _NAMED.sub(lambda found: f"“{label(found[1])}”" if found[1] in model.model_fields else found[1], text)
    return text.replace("`", "").rstrip(";:").strip()


def _text(model: type[BaseModel]) -> str:
    """The docstring of the model itself: pydantic's own says nothing about it."""
    doc = model.__doc__ or ""
    return " ".join(cleandoc(doc).split()) if doc != BaseModel.__doc__ else ""
