"""How far somebody has read, and what they have typed and not sent: the same on each of their devices."""

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from conversations.models import Conversation, Draft, Reading
from loans.models import Loan

MOST_CHARACTERS = 4000


@transaction.atomic
def mark_read(*, conversation: Conversation, user: User, upto: int) -> None:
    """They have seen everything up to the message with this id, never less than before."""
    last = conversation.messages.filter(pk__lte=upto).order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return
    reading, is_new = Reading.objects.get_or_create(
        conversation=conversation, user=user, defaults={"upto": last}
    )
    if not is_new and reading.upto < last:
        Reading.objects.filter(pk=reading.pk).update(upto=Greatest(F("upto"), Value(last)), at=timezone.now())


@transaction.atomic
def save_draft(*, conversation: Conversation, user: User, words: str) -> None:
    """Keep what was typed; nothing typed is no draft."""
    kept = words[:MOST_CHARACTERS]
    if not kept.strip():
        Draft.objects.filter(conversation=conversation, user=user).delete()
        return
    Draft.objects.update_or_create(
        conversation=conversation, user=user, defaults={"words": kept, "saved_at": timezone.now()}
    )


@transaction.atomic
def forget_drafts(*, loan: Loan) -> None:
    """What those of us to whom the loan is closed now typed about its borrowers and did not send."""
    ours = Draft.objects.filter(conversation__loan=loan).exclude(user__role=User.Role.BORROWER)
    for draft in ours.select_related("user"):
        if not Loan.objects.visible_to(draft.user).filter(pk=loan.pk).exists():
            draft.delete()


def draft_of(conversation: Conversation, user: User) -> str:
    return (
        Draft.objects.filter(conversation=conversation, user=user).values_list("words", flat=True).first()
        or ""
    )
