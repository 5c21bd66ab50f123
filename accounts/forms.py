"""Forms at the door and on the profile page."""

import hashlib
from typing import Any
from zoneinfo import available_timezones

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.access import login_for
from accounts.models import Invitation, User

AMERICAN_ZONES = [
    ("America/New_York", _("Eastern")),
    ("America/Chicago", _("Central")),
    ("America/Denver", _("Mountain")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico")),
]


class OwnAddressForm(forms.Form):
    """A sign-in address of their own, for somebody who shares the invited mailbox. Empty unless that is so."""

    sign_in_email = forms.EmailField(
        label=_("Your own sign-in e-mail"),
        help_text=_("You sign in with this. Messages and codes still go to the mailbox you share."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, shared: bool, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, **kwargs)
        if not shared:
            del self.fields["sign_in_email"]

    def clean_sign_in_email(self) -> str:
        email = str(self.cleaned_data["sign_in_email"]).strip().lower()
        if login_for(email):
            raise forms.ValidationError(_("Please choose another address; this one cannot be used."))
        return email


class FirstPasswordForm(OwnAddressForm):
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password1")
        if not password:
            return data
        if data.get("password2") and password != data["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        person = User(name=self.invitation.name, email=self.invitation.email)
        try:
            validate_password(password, person)
        except forms.ValidationError as refused:
            self.add_error("password1", refused)
        return data


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey that signs in alone; who has no password cannot choose less."""

    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        required=False,
        initial=True,
        help_text=_("Without it, the key is only the second step after the password."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget.attrs["disabled"] = not self.user.has_usable_password()


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneNumberField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    contact_email = forms.EmailField(
        label=_("Where messages and codes go"),
        help_text=_(
            "A new address counts once you opened the link we send there. The old one is told as well."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language"))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        kwargs["initial"] = {
            "name": user.name,
            "phone": user.phone.as_national if user.phone else "",
            "contact_email": user.mail_address,
            "language": user.language,
            "time_zone": user.time_zone,
            "seen": fingerprint(user),
        }
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]
        unchosen = _("That of the company") if user.works_here else _("That of the home")
        zones: list[tuple[str, Any]] = [("", unchosen), *AMERICAN_ZONES]
        if user.time_zone and user.time_zone not in dict(zones) and user.time_zone in available_timezones():
            zones.append((user.time_zone, user.time_zone))
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]

    def clean_contact_email(self) -> str:
        return str(self.cleaned_data["contact_email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("seen") != fingerprint(self.user):
            raise forms.ValidationError(
                _("Your profile was changed elsewhere in the meantime. Please look at it and save again.")
            )
        return data

    @property
    def asks_for_new_address(self) -> bool:
        return bool(self.cleaned_data["contact_email"] != self.user.mail_address.lower())

    @property
    def touches_contact(self) -> bool:
        return self.asks_for_new_address or str(self.cleaned_data["phone"] or "") != str(
            self.user.phone or ""
        )


class SignatureForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture of your signature"),
        help_text=_("A photo or scan of it, in dark ink on white paper: JPEG, PNG or WebP, up to 5 MB."),
        error_messages={"required": _("Choose a picture first."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


def fingerprint(user: User) -> str:
    """What the profile said when the form was made: two tabs do not overwrite each other."""
    said = "|".join([user.name, str(user.phone), user.mail_address, user.language, user.time_zone])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
