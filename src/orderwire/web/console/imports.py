"""Import orders: drop a file or paste its text; what it holds and what is wrong with it is shown at once."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from orderwire.flow import Refused
from orderwire.flow.receive import receive
from orderwire.web.access import actor, buyer


class ImportForm(forms.Form):
    """Either a file or pasted text."""

    file = forms.FileField(required=False)
    text = forms.CharField(required=False, strip=False)

    def content(self) -> tuple[bytes, str]:
        """The bytes and their name; empty where nothing was given."""
        if upload := self.cleaned_data["file"]:
            return upload.read(), upload.name
        return self.cleaned_data["text"].encode(), "pasted text"


@buyer
def imports(request: HttpRequest) -> HttpResponse:
    """The form; a POST leads to the message that was made of the file."""
    if request.method != "POST":
        return render(request, "console/import.html")
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        found = [str(error) for errors in form.errors.values() for error in errors]
        return render(request, "console/import.html", {"problem": " ".join(found)}, status=422)
    content, name = form.content()
    if not content.strip():
        return render(request, "console/import.html", {"problem": "Choose a file or paste its text."}, status=422)
    try:
        message = receive(content, name=name, source="console", actor=actor(request))
    except Refused as refusal:
        messages.error(request, f"Not taken in. {refusal}", extra_tags="bad")
        return redirect("import")
    return redirect("message", message.pk)
