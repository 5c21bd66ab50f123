"""
What staff do with people and the house. Nobody sets a password for somebody else: staff invite, or start a reset.

Tables of the sign-in package (addresses, factors, sessions) are not edited by hand: the verbs of `accounts.services`
do it, and the audit log says who did.
"""

from allauth.account import admin as _account_admin  # noqa: F401 - registers first, so that it can be taken out
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _mfa_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as _sessions_admin  # noqa: F401
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth import admin as _auth_admin  # noqa: F401
from django.contrib.auth.models import Group

from accounts.admin import company, invitations, officers, people

__all__ = ["company", "invitations", "officers", "people"]

for _model in (EmailAddress, Authenticator, UserSession, Group):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
