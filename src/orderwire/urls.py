"""The doors' addresses wired together: sign-in, the API, and the pages of console and suppliers."""

from django.urls import include, path
from django.views.generic import RedirectView

from orderwire.api.application import urlpatterns as api_urlpatterns
from orderwire.api.exchange import exchange
from orderwire.api.mail_events import urlpatterns as mail_hooks

urlpatterns = [
    # We mail no passwords: an administrator makes a new one (orderwire user password).
    path("accounts/password/reset/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api_urlpatterns())),
    path("exchange/<slug:kind>/", exchange),
    path("exchange/<slug:kind>/<path:rest>", exchange),
    path("hooks/mail/", include(mail_hooks())),
    path("", include("orderwire.web.urls")),
]
