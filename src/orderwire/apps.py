"""The one Django app of the house."""

from django.apps import AppConfig


class OrderwireConfig(AppConfig):
    """Registers the records; plug-ins load lazily, so that a broken one stops nothing."""

    name = "orderwire"
    label = "orderwire"
    verbose_name = "Orderwire"
    default_auto_field = "django.db.models.BigAutoField"
