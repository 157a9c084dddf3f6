"""The doors' addresses wired together: sign-in, the API, and the pages of console and suppliers."""

from django.urls import include, path

from orderwire.api.application import urlpatterns as api_urlpatterns

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api_urlpatterns())),
    path("", include("orderwire.web.urls")),
]
