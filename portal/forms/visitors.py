"""
What every form for visitors shares, so that it needs no captcha of somebody else's: a box that people do not see and
machines fill in, and a signed mark of when the page was made, since nobody types a name and an address in a second.

Neither needs a cookie, so a page with such a form may be kept by caches for its minute.
"""

import time
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SALT = "portal.visitors"
SLOWEST = timedelta(days=1)
QUICKEST_SECONDS = 2
TRAP, MARK = "website", "made"


class VisitorForm(forms.Form):
    """Ask `is_noise` before `is_valid`: who fills the hidden box is told nothing, and nothing is kept of it."""

    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_noise(self) -> bool:
        return bool(self.data.get(self.add_prefix(TRAP), "").strip())

    @property
    def mark(self) -> str:
        """For the hidden field: when the page was made, signed. On one that came back, pressing again works at once."""
        return signing.dumps(self._made_at(), salt=_SALT)

    def _made_at(self) -> int:
        """Of a form that came back: when it was first made, or as long ago as a person needs."""
        now = int(time.time())
        if not self.is_bound:
            return now
        try:
            made = int(signing.loads(self.data.get(MARK, ""), salt=_SALT))
        except signing.BadSignature:
            return now
        return made if now - made < QUICKEST_SECONDS else now - QUICKEST_SECONDS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._must_be_timely(self.data.get(MARK, ""))
        return cleaned

    def _must_be_timely(self, mark: str) -> None:
        try:
            made = signing.loads(mark, salt=_SALT, max_age=SLOWEST)
        except signing.SignatureExpired as error:
            raise ValidationError(_("This page was open for long. Please press once more.")) from error
        except signing.BadSignature as error:
            raise ValidationError(_("That did not work. Please press once more.")) from error
        if time.time() - made < QUICKEST_SECONDS:
            raise ValidationError(_("That was very quick. Please press once more."))
