"""The doors' addresses wired together: sign-in, the API, and the pages of console and suppliers."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("orderwire.web.urls")),
]
