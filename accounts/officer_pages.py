"""
The page of an officer: who may change it, and how. What is typed waits as a draft, which its owner and staff alone can
look at; a second press publishes what they saw. `accounts/services.py` holds the rest that is done to officers.
"""

import copy
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import private_files
from accounts.errors import Refused
from accounts.models import OfficerDraft, OfficerProfile, User
from accounts.photos import drop_picture, replace_picture, small_portrait, square_portrait
from audit.log import record

# What officers say of themselves. NMLS ID, licences and whether the page is shown are for staff.
EDITED = ("title", "bio", "direct_phone", "text_number", "languages", "specialities", "hours")


def facts_of(profile: OfficerProfile) -> dict[str, Any]:
    """What can be edited, as JSON keeps it: telephone numbers in E.164."""
    facts = {name: getattr(profile, name) for name in EDITED}
    for name in ("direct_phone", "text_number"):
        facts[name] = facts[name].as_e164 if facts[name] else ""
    return facts


def draft_of(profile: OfficerProfile) -> OfficerDraft | None:
    return OfficerDraft.objects.filter(officer=profile).first()


def as_drafted(profile: OfficerProfile, draft: OfficerDraft | None) -> OfficerProfile:
    """The page as it would be: a copy to look at, never to save. A new photo is not in it: it is not public yet."""
    drafted = copy.copy(profile)
    drafted.user = copy.copy(profile.user)  # whose page the copy is then, not the kept one
    if draft is None:
        return drafted
    for name, value in draft.facts.items():
        setattr(drafted, name, value)
    if draft.drops_photo:
        drafted.photo = drafted.photo_small = ""
    return drafted


def keep_draft(
    *,
    profile: OfficerProfile,
    facts: dict[str, Any],
    by: User,
    photo: UploadedFile | None = None,
    drops_photo: bool = False,
) -> OfficerDraft | None:
    """
    Keep what differs from the page; None when nothing does, and an older draft has ended then. A photo of an older
    draft stays in it unless another one comes or it is dropped. Refused when `photo` is no usable picture.
    """
    _must_edit(profile, by)
    portrait = square_portrait(photo) if photo else None
    with transaction.atomic():
        now = facts_of(OfficerProfile.objects.select_for_update().get(pk=profile.pk))
        draft = draft_of(profile) or OfficerDraft(officer=profile, version=0)
        draft.facts = {name: value for name, value in facts.items() if value != now[name]}
        draft.drops_photo = drops_photo and portrait is None and bool(profile.photo)
        if portrait or drops_photo:
            _point_to_photo(draft, portrait)
        if not (draft.facts or draft.photo_key or draft.drops_photo):
            _end(draft)
            return None
        draft.version += 1
        draft.changed_at = timezone.now()
        draft.save()
        record(action="officer.page_drafted", about=profile.user, by=by)
    return draft


@transaction.atomic
def publish_draft(*, profile: OfficerProfile, version: int, by: User) -> None:
    """What was looked at becomes the page; Refused when the draft is another one by now, or gone."""
    _must_edit(profile, by)
    held = OfficerProfile.objects.select_for_update().get(pk=profile.pk)
    draft = draft_of(held)
    if draft is None:
        raise Refused(_("Nothing waits to be published: the page shows all that was typed."))
    if draft.version != version:
        raise Refused(_("This was changed in another window. Please look at it again, then publish."))
    for name, value in draft.facts.items():
        setattr(held, name, value)
    held.save(update_fields=list(draft.facts))
    if draft.photo_key:
        show_portrait(held, _drafted_photo(draft))
    elif draft.drops_photo:
        _show_no_portrait(held)
    fields = [*draft.facts, *(["photo"] if draft.photo_key or draft.drops_photo else [])]
    record(action="officer.page_published", about=held.user, by=by, detail={"fields": sorted(fields)})
    _end(draft)


@transaction.atomic
def discard_draft(*, profile: OfficerProfile, by: User) -> None:
    """The page stays as it is; nothing of the draft is kept."""
    _must_edit(profile, by)
    if draft := draft_of(OfficerProfile.objects.select_for_update().get(pk=profile.pk)):
        _end(draft)
        record(action="officer.draft_discarded", about=profile.user, by=by)


def show_portrait(profile: OfficerProfile, portrait: ContentFile) -> None:
    """Put a picture that `square_portrait` made on the page, and a small one on lists."""
    name = f"{profile.slug}-{secrets.token_hex(4)}"
    small = small_portrait(portrait.read())
    replace_picture(profile.photo, f"{name}.jpg", portrait)
    replace_picture(profile.photo_small, f"{name}-small.jpg", small)
    _keep_pictures(profile)


def _show_no_portrait(profile: OfficerProfile) -> None:
    drop_picture(profile.photo)
    drop_picture(profile.photo_small)
    _keep_pictures(profile)


def _keep_pictures(profile: OfficerProfile) -> None:
    OfficerProfile.objects.filter(pk=profile.pk).update(
        photo=profile.photo.name, photo_small=profile.photo_small.name
    )


def _must_edit(profile: OfficerProfile, by: User) -> None:
    if not (by.is_active and by.works_here and (by.is_staff or by.pk == profile.user_id)):
        raise Refused(_("Only its owner and the staff of the admin change this page."))


def _drafted_photo(draft: OfficerDraft) -> ContentFile:
    content = private_files.read(draft.photo_key)
    if content is None:
        raise Refused(_("The new photo is no longer here. Please choose it again."))
    return ContentFile(content)


def _point_to_photo(draft: OfficerDraft, portrait: ContentFile | None) -> None:
    old, draft.photo_key = draft.photo_key, ""
    if portrait:
        draft.photo_key = private_files.new_key("portraits", "jpg")
        private_files.keep(draft.photo_key, portrait.read())
    transaction.on_commit(lambda: private_files.remove(old))


def _end(draft: OfficerDraft) -> None:
    if draft.pk:
        draft.delete()
    key = draft.photo_key
    transaction.on_commit(lambda: private_files.remove(key))
