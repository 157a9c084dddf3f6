"""Who did it, in words: the ledger's actors as names that a reader knows."""

from collections.abc import Iterable

from orderwire.records import User


def names(actors: Iterable[str]) -> dict[str, str]:
    """A name for each actor (user:…, supplier:…, api:…, system:…). One query at most."""
    found = {actor: _plain(actor) for actor in actors}
    usernames = {a.removeprefix("user:") for a in found if a.startswith("user:")}
    for user in User.objects.filter(username__in=usernames) if usernames else ():
        found[f"user:{user.username}"] = user.shown_name
    return found


def name(actor: str) -> str:
    """One actor's name."""
    return names([actor])[actor]


def _plain(actor: str) -> str:
    kind, _, rest = actor.partition(":")
    return {"user": rest, "supplier": rest, "api": f"{rest} (API key)", "system": "Orderwire"}.get(kind, actor)
