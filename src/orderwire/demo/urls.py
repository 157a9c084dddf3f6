"""The addresses of an installation, and the pages that only the demo has."""

from django.urls import include, path

from orderwire.demo import mail

urlpatterns = [
    path("demo/mail/", mail.mails, name="demo_mails"),
    path("demo/mail/<int:number>/", mail.mail, name="demo_mail"),
    path("demo/mail/<int:number>/<int:part>", mail.attachment, name="demo_attachment"),
    path("", include("orderwire.urls")),
]
