"""A small browser: opens pages, keeps cookies, fills the forms that stand on a page and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2


@dataclass
class Form:
    """One form with what stands in its fields. Radio buttons and boxes count only when they are checked."""

    action: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        elif tag == "form":
            self._open = Form(known.get("action", ""), known.get("id", ""))
            self.forms.append(self._open)
        elif self._open is not None and "name" in known and tag == "textarea":
            self._area = known["name"]
            self._open.fields[self._area] = ""
        elif self._open is not None and "name" in known and tag == "input" and _counts(known):
            self._open.fields[known["name"]] = known.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open is not None:
            self._open.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "form":
            self._open = None


def _counts(field: dict[str, str]) -> bool:
    return field.get("type") not in ("radio", "checkbox") or "checked" in field


class Browser:
    """One person's browser."""

    def __init__(self, url: str):
        self._http = httpx2.Client(base_url=url, follow_redirects=True, timeout=30, trust_env=False)
        self.here, self.status = "", 0
        self.forms: list[Form] = []
        self.links: list[str] = []

    def close(self) -> None:
        """Close the window."""
        self._http.close()

    def open(self, address: str) -> None:
        """Go to a page; `here` is where that ended."""
        self._show(self._http.get(address))

    def send(self, form: Form, *, to: str = "", **more: str) -> None:
        """Send a form with more fields, or to another address of the page; shows what comes back."""
        address = to or form.action or self.here
        self._show(self._http.post(address, data={**form.fields, **more}, headers={"Referer": self.here}))

    def form(self, id: str = "", *, having: str = "") -> Form | None:
        """The first form with this id, or the first that has this field."""
        return next((f for f in self.forms if (id and f.id == id) or (having and having in f.fields)), None)

    def _show(self, answer: httpx2.Response) -> None:
        found = _Forms()
        if "html" in answer.headers.get("Content-Type", ""):
            found.feed(answer.text)
            self.here, self.forms, self.links = str(answer.url), found.forms, found.links
        self.status = answer.status_code
