"""The door, one's own pages, and the people of a team. Of allauth only what is used has an address."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts.api import key_scheme  # noqa: F401 - defining it makes it known to the API's document
from accounts.views import api_key, entry, home, membership, password

# allauth finds its own pages by these names, so they stand outside our namespace.
door = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", allauth.signup, name="account_signup"),  # says that sign-up is closed; mails name this address
    path("password/change/", password.change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", password.reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

ours = [
    path("", home.home, name="home"),
    path("accounts/enter/<str:token>", entry.enter, name="enter"),
    path("accounts/keys", api_key.key_list, name="key-list"),
    path("accounts/keys/<str:key>/revoke", api_key.key_revoke, name="key-revoke"),
    path("<slug:team>/people", membership.member_list, name="member-list"),
]

urlpatterns = [
    path("accounts/", include(door)),
    path("", include((ours, "accounts"))),
]
