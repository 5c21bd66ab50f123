"""Quick replies: one's own, kept in the portal; the house's are kept in the admin. Put into an answer as a draft."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from conversations.models import Conversation, QuickReply
from conversations.quick import fill, problems
from conversations.services.reading import save_draft
from conversations.services.writing import must_answer
from loans.errors import Refused

MOST_OWN = 50


def quick_replies_of(user: User) -> QuerySet[QuickReply]:
    """What this person may put into an answer: the house's and their own."""
    return QuickReply.objects.filter(Q(owner=None) | Q(owner=user), is_active=True)


@transaction.atomic
def keep_quick_reply(*, by: User, title: str, words: str, reply: QuickReply | None = None) -> QuickReply:
    """A new one, or one of their own with other words. Refused for unknown places and for those of others."""
    if not by.works_here or (reply and reply.owner_id != by.pk):
        raise Refused(_("This quick reply is not yours."))
    if wrong := problems(words):
        raise Refused(" ".join(wrong))
    if reply is None and by.quick_replies.count() >= MOST_OWN:
        raise Refused(_("You have %(most)d already. Delete one first.") % {"most": MOST_OWN})
    kept = reply or QuickReply(owner=by)
    kept.title, kept.words = title.strip()[:60], words.strip()
    kept.save()
    log.record(action="quick_reply.kept", about=kept, by=by)
    return kept


@transaction.atomic
def delete_quick_reply(*, by: User, reply: QuickReply) -> None:
    """Refused for those of others."""
    if reply.owner_id != by.pk:
        raise Refused(_("This quick reply is not yours."))
    log.record(action="quick_reply.deleted", about=reply, by=by)
    reply.delete()


@transaction.atomic
def put_in(*, conversation: Conversation, by: User, reply: QuickReply, typed: str) -> str:
    """
    What they typed and then the reply, its places filled in, as their draft; nothing is sent. When a place has nothing
    it is Refused, and what they typed is kept all the same by the caller.
    """
    must_answer(conversation, by)
    words = fill(reply.words, conversation=conversation, by=by)
    draft = "\n\n".join(part for part in (typed.strip(), words) if part)
    save_draft(conversation=conversation, user=by, words=draft)
    return draft
