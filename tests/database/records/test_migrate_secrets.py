"""What an update does with secrets that earlier versions kept readable."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from orderwire.records import Endpoint, EndpointVersion, Leg, secret
from tests.database import factories

pytestmark = pytest.mark.django_db(transaction=True)
channels = import_module("orderwire.migrations.0004_channels")
KEPT = {"cxml": {"from_identity": "US"}, "x12": {"isa_sender": "US"}}
OLD = {"cxml": {"from_identity": "US", "shared_secret": "wharf-crane-55"}, "x12": {"isa_sender": "US"}}


def guarded(*models: type[EndpointVersion | Leg]) -> None:
    """These rows cannot be changed any more after the update."""
    for model in models:
        with pytest.raises(Error, match="are written once"), transaction.atomic():
            model.objects.update(profile={})


def test_shared_secrets_leave_the_profiles_and_everything_else_stays() -> None:
    order = factories.order()
    leg = factories.delivery(order).leg
    assert leg is not None
    odd = [{"cxml": {"shared_secret": None}}, {"cxml": {}}, {"cxml": 3}, {}]
    made = [
        EndpointVersion.objects.create(
            endpoint=leg.endpoint, number=number, channel="folder", profile=profile, config={}
        )
        for number, profile in enumerate([OLD, KEPT, *odd], 2)
    ]
    other = Leg.objects.create(
        plan=leg.plan, position=2, recipient=leg.recipient, purpose="copy", endpoint=leg.endpoint, endpoint_version=1,
        profile=OLD,
    )  # fmt: skip
    with connection.schema_editor() as editor:
        channels.forget_shared_secrets(apps, editor)
    for row in (*made, other, leg):
        row.refresh_from_db()
    assert [row.profile for row in made] == [KEPT, KEPT, {"cxml": {}}, {"cxml": {}}, {"cxml": 3}, {}]
    assert (other.profile, leg.profile) == (KEPT, {})
    guarded(EndpointVersion, Leg)


def test_passwords_of_settings_go_where_secrets_are_kept() -> None:
    mail = {"host": "mail.acme.example", "password": "harbour-lantern-42"}
    endpoint = factories.endpoint(factories.supplier(), **mail)
    with connection.schema_editor() as editor:
        channels.seal_secrets(apps, editor)
    kept = EndpointVersion.objects.get().config
    assert kept["host"] == mail["host"] and secret.is_named(kept["password"])
    assert Endpoint.objects.get(pk=endpoint.pk).current.opened() == mail
    guarded(EndpointVersion)
