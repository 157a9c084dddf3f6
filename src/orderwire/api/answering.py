"""How a resource gives its answer: the model's own JSON, absent facts left out."""

from django.http import HttpResponse
from ninja import Schema
from pydantic import BaseModel

from orderwire.api.problem import Problem


def given(model: BaseModel, status: int = 200) -> HttpResponse:
    """The answer of a call."""
    content = model.model_dump_json(by_alias=True, exclude_none=True)
    return HttpResponse(content, status=status, content_type="application/json")


def responses(good: type[Schema], *more: int, status: int = 200) -> dict[int, type[BaseModel]]:
    """What an operation may answer: `good`, the errors that every call can have, and `more` statuses."""
    errors = {401, 403, 422, 429, 500, *(code for code in more if code >= 400)}
    answers: dict[int, type[BaseModel]] = dict.fromkeys((status, *(code for code in more if code < 400)), good)
    return answers | dict.fromkeys(sorted(errors), Problem)


WRITE = (400, 409, 413)
"""Errors that a write can have besides."""
