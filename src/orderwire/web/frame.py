"""What every page's frame shows: the company, where we are, and the counts beside the navigation."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the frame."""
    return {}
