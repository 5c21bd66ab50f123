"""An officer as a contact of one's telephone: vCard 3.0 (RFC 2426), which every address book reads."""

from io import BytesIO
from typing import Any

import vobject
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Company, OfficerProfile
from portal.found import absolute, consumer_access

CONTENT_TYPE = "text/vcard; charset=utf-8"


def contact_card(profile: OfficerProfile, company: Company, *, texts: bool) -> bytes:
    """Name, numbers, addresses, licences and the small photo; `texts`: whether the house can be texted."""
    card = vobject.vCard()
    given, *others = profile.user.name.split()
    card.add("n").value = vobject.vcard.Name(family=" ".join(others), given=given)
    card.add("fn").value = profile.user.name
    card.add("org").value = [company.name]
    card.add("title").value = profile.title
    if number := profile.direct_phone or company.phone:
        _add(card, "tel", number.as_e164, ["WORK", "VOICE"])
    if texts and profile.text_number and profile.text_number != profile.direct_phone:
        _add(card, "tel", profile.text_number.as_e164, ["CELL", "MSG"])
    _add(card, "email", profile.user.mail_address, ["INTERNET", "WORK"])
    if company.address:
        _add(card, "adr", vobject.vcard.Address(street=company.address, city=company.city_line), ["WORK"])
    address = absolute(reverse("public:officer", args=[profile.slug]))
    card.add("url").value = card.add("uid").value = address
    card.add("note").value = _("NMLS ID %(nmls)s. Licences: %(address)s") % {
        "nmls": profile.nmls_id,
        "address": consumer_access("INDIVIDUAL", profile.nmls_id),
    }
    _add_photo(card, profile)
    return str(card.serialize()).encode()


def _add(card: Any, name: str, value: object, kinds: list[str]) -> None:
    line = card.add(name)
    line.value, line.type_param = value, kinds


def _add_photo(card: Any, profile: OfficerProfile) -> None:
    if not profile.photo_small:
        return
    with profile.photo_small.open() as file:
        photo = card.add("photo")
        photo.value, photo.encoding_param, photo.type_param = BytesIO(file.read()).getvalue(), "b", "JPEG"
