"""Who did it, in words: the ledger's actors as names that a reader knows."""

from collections.abc import Iterable

from orderwire.records import Partner, User


def names(actors: Iterable[str]) -> dict[str, str]:
    """A name for each actor (user:…, supplier:…, api:…, system:…). Two queries at most.

    A supplier's actor is its number where no person is known, else the person's sign-in name.
    """
    found = {actor: _plain(actor) for actor in actors}
    numbers = {a.removeprefix("supplier:") for a in found if a.startswith("supplier:")}
    for number, said in (
        Partner.objects.filter(number__in=numbers, role=Partner.Role.SUPPLIER).values_list("number", "name")
        if numbers
        else ()
    ):
        found[f"supplier:{number}"] = said
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
