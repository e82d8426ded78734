"""The door. Of allauth only what is used has an address; its other pages do not exist here."""

from allauth.account import views as allauth
from django.urls import path

urlpatterns = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
]
