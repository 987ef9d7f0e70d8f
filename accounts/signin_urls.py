"""The part of allauth that is open: sign-in, sign-out and the own password.

Sign-up, e-mail addresses and password mails are left out: accounts are opened and passwords reset
by administrators. The name of sign-up stays, because allauth's sign-in page asks for its address.
"""

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def closed(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("signup/", closed, name="account_signup"),
]
