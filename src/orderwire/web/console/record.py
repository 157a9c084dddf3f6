"""Record their answer: what a supplier said on the telephone or in a mail, in the same fields as on his own page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orderwire.flow import Refused, acknowledge
from orderwire.flow.acknowledge import Means
from orderwire.records import Revision
from orderwire.tracking.order import OrderView, load
from orderwire.tracking.words import plural, short
from orderwire.web.access import actor, buyer, typed
from orderwire.web.answer import shown
from orderwire.web.answer.sheet import MAX_LINES, Sheet
from orderwire.web.answer.words import Texts

MEANS: dict[Means, str] = {
    "phone": "On the telephone",
    "mail": "By e-mail",
    "letter": "By letter or fax",
    "meeting": "In a meeting",
    "file": "In a file",
}

_THEIRS = {
    "accept": "They accept all",
    "changes": "They accept with changes",
    "decline": "They decline",
    "you_change": "They change:",
    "your_answer": "Their answer",
    "w_cannot": "cannot supply",
    "part": "Other part number, if they supply another",
    "cannot": "They cannot supply this line",
    "reason": "Their reason",
    "e_way": "Choose what they said.",
    "e_positive": "Write more than zero, or tick “They cannot supply this line”.",
    "e_changed": "Line {line} is changed. Choose “They accept with changes”, or set the line back.",
    "e_nothing": "Nothing differs from the order. Change a line, or choose “They accept all”.",
    "e_reason": "Write why, in their words.",
}


class Theirs(Texts):
    """The answer page's English, said of the supplier instead of to him."""

    def __init__(self) -> None:
        super().__init__("en")
        self._texts = {**self._texts, **_THEIRS}


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the fields for a version; posted, draw them again, or keep the answer."""
    view = load(pk)
    if view is None:
        raise Http404("There is no such order.")
    sent = _sent(view)
    given = request.POST if request.method == "POST" else request.GET
    version = next((r for r in sent if str(r.number) == given.get("version", "")), sent[0] if sent else view.revision)
    document = view.content(version)
    t, who = Theirs(), short(view.order.supplier_name)
    sheet = Sheet.blank(document, t, document.buyer.name)
    problem = ""
    if request.method == "POST":
        sheet = Sheet.read(request.POST, document, t, document.buyer.name)
        sheet.step(request.POST)
        sending = request.POST.get("step") == "send"
        answer = sheet.check(timezone.localdate(), sending=sending)
        if sending:
            means = next((m for m in MEANS if m == request.POST.get("means")), None)
            if answer is None:
                problem = f"Not recorded. {plural(sheet.wrong, 'place needs', 'places need')} your attention."
            elif means is None:
                problem = "Not recorded. Choose how they told you."
            else:
                try:
                    acknowledge.record(pk, answer, actor=actor(request), means=means, note=typed(request.POST, "note"))
                except Refused as refusal:
                    problem = f"Not recorded. {refusal}"
                else:
                    messages.success(request, f"The answer of {who} is recorded.", extra_tags="ok")
                    return redirect("order", pk)
    place = shown.city(document)
    context = {
        "order": view.order,
        "who": who,
        "t": t,
        "sheet": sheet,
        "lines": shown.lines(sheet, place),
        "many": len(document.lines) > MAX_LINES,
        "most": MAX_LINES,
        "version": version.number,
        "versions": sent,
        "means": MEANS.items(),
        "chosen": given.get("means", ""),
        "note": typed(given, "note"),
        "problem": problem,
        "items": plural(len(document.lines), "line"),
    }
    return render(request, "console/record.html", context, status=422 if problem else 200)


def _sent(view: OrderView) -> list[Revision]:
    """The versions that the supplier got, or may have got; the newest first."""
    gone = {t.delivery.revision_id for t in view.trips if t.original and (t.attempts or t.held_by)}
    return [r for r in view.revisions if r.pk in gone]
