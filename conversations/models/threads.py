"""Threads and what is said on them; what each of us has read, typed and keeps ready."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from loans.models import ReceivedItem

UNNAMED = _("Somebody in the chat")  # who has told nothing of themselves


class Conversation(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ANSWERED = "answered", _("Answered")
        RESOLVED = "resolved", _("Resolved")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.OneToOneField(
        "loans.Loan", null=True, blank=True, on_delete=models.CASCADE, related_name="conversation"
    )
    # Of a visitor, who has no loan yet.
    name = models.CharField(max_length=120, blank=True, default="", db_default="")
    email = models.EmailField(blank=True, default="", db_default="")
    phone = PhoneNumberField(blank=True, default="", db_default="")
    chat_key = models.CharField(
        max_length=64, null=True, blank=True, unique=True, editable=False,
        help_text=_("Digest of what their browser keeps; whoever has it reads this thread and writes on it"),
    )  # fmt: skip
    read_upto = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text=_("Id of the last message that the visitor has seen on our pages")
    )
    set_aside_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it was taken for noise; nobody is told of it")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="conversations",
        help_text=_("Who of us answers a visitor; a loan's thread is its officer's"),
    )  # fmt: skip
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    first_inbound_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    unanswered_since = models.DateTimeField(
        null=True, blank=True, help_text=_("When the first message came that nobody has answered")
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("How often they wrote again after it was resolved")
    )
    last_message_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_message_at"]
        indexes = [
            models.Index(fields=["loan"], condition=models.Q(status="open"), name="conversation_open"),
            models.Index(
                fields=["unanswered_since", "id"],
                condition=models.Q(unanswered_since__isnull=False),
                name="conversation_unanswered",
            ),
            models.Index(fields=["-last_message_at", "-id"], name="conversation_latest"),
            models.Index(
                fields=["-last_message_at", "-id"],
                condition=models.Q(status="resolved"),
                name="conversation_resolved",
            ),
            models.Index(
                fields=["-last_message_at", "-id"],
                condition=models.Q(set_aside_at__isnull=False),
                name="conversation_aside",
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(chat_key__isnull=False), name="conversation_chats"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(loan__isnull=False) | models.Q(owner__isnull=False),
                name="conversation_has_someone",
            )
        ]

    def __str__(self) -> str:
        return str(self.loan or self.who)

    @property
    def who(self) -> str:
        """A visitor by what they told of themselves."""
        return self.name or self.email or str(self.phone or "") or str(UNNAMED)

    @property
    def has_way_to_answer(self) -> bool:
        """Beyond the page they have open."""
        return bool(self.email or self.phone)


class MessageQuerySet(models.QuerySet["Message"]):
    def for_borrower(self) -> "MessageQuerySet":
        """
        What the borrowers of the loan read on its thread: all that came from them, and what we wrote to them here.
        Notes are ours alone, and so is what we wrote down about a call, by whomever, or a mail of our own.
        """
        from_them = models.Q(by__isnull=True) & ~models.Q(channel=Message.Channel.CALL)
        to_them = models.Q(by__isnull=False, channel=Message.Channel.PORTAL)
        return self.filter(from_them | to_them, is_internal=False)

    def waiting(self) -> "MessageQuerySet":
        """What came in and nobody has answered."""
        came_in = self.filter(by__isnull=True, is_internal=False).exclude(channel=Message.Channel.CALL)
        return came_in.filter(answered_at__isnull=True, needs_no_reply=False)


class Message(models.Model):
    """One thing said, by a party or by us; never changed."""

    class Channel(models.TextChoices):
        TEXT = "text", _("Text message")
        PORTAL = "portal", _("Portal")
        EMAIL = "email", _("E-mail")
        CALL = "call", _("Call")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel)
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Who said it, when it came from outside"),
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Who of us said it"),
    )  # fmt: skip
    body = models.TextField()
    source = models.CharField(
        max_length=80, unique=True, help_text=_("What brought it; the same one twice is one message")
    )
    at = models.DateTimeField(default=timezone.now)
    is_internal = models.BooleanField(
        default=False, db_default=False, help_text=_("A note among us; no borrower ever sees it")
    )
    subject = models.CharField(max_length=200, blank=True, default="", db_default="")
    sender = models.EmailField(
        blank=True, default="", db_default="",
        help_text=_("Of a mail that answers this thread from an address nobody on the loan has"),
    )  # fmt: skip
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long a call was; 0: nobody answered it")
    )
    # The clock of answers: set on a message that waited for one.
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Business minutes until it was answered")
    )
    needs_no_reply = models.BooleanField(default=False, db_default=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a conversation")
        verbose_name_plural = _("messages of a conversation")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["conversation", "at"], name="message_conversation"),
            models.Index(fields=["at"], name="message_at"),
            models.Index(
                fields=["answered_at"], condition=models.Q(answered_at__isnull=False), name="message_answered"
            ),
        ]

    @property
    def is_inbound(self) -> bool:
        return not self.is_internal and self.by_id is None and self.channel != self.Channel.CALL

    @property
    def is_for_borrowers(self) -> bool:
        """`for_borrower` of one message."""
        return self.is_inbound or (not self.is_internal and self.channel == self.Channel.PORTAL)

    @property
    def is_from_unknown(self) -> bool:
        """A mail to this thread from an address of nobody on the loan; kept for the loan team alone."""
        return self.is_internal and bool(self.sender)

    @property
    def is_adopted(self) -> bool:
        """Somebody said whose this unknown mail is: it stands on the thread as theirs."""
        return self.is_from_unknown and self.needs_no_reply


class ToldItem(models.Model):
    """
    One of the six items of an application (12 CFR 1026.2(a)(3)(ii)) that a visitor seems to have told, and when first.
    What it is stays in their words; this only says that it came.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="told_items")
    item = models.CharField(max_length=8, choices=ReceivedItem.Item)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("item told by a visitor")
        verbose_name_plural = _("items told by visitors")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["conversation", "item"], name="told_item_once")]


class Attachment(models.Model):
    """A file that came with a message: on its way through the same checks as any other, then one of the papers."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    session = models.ForeignKey("documents.UploadSession", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]


class ReplyAddress(models.Model):
    """
    Where the answers of one borrower go by mail. It says which thread and whose words, so a couple with one mailbox is
    told apart, and nobody on the loan can write as somebody else on it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reply_addresses")
    party = models.OneToOneField("loans.Party", on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, editable=False)

    class Meta:
        verbose_name = _("reply address")
        verbose_name_plural = _("reply addresses")

    def __str__(self) -> str:
        return f"{self.party} ({self.conversation})"


class Reading(models.Model):
    """How far somebody has read a conversation, on whichever device."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="readings")
    upto = models.PositiveBigIntegerField(help_text=_("Id of the last message seen"))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="reading_once")]


class Draft(models.Model):
    """What somebody has typed and not sent."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="draft_once")]


class QuickReply(models.Model):
    """An answer that is given often, with places to fill in. Without an owner everybody here has it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="quick_replies",
    )
    title = models.CharField(_("title"), max_length=60)
    words = models.TextField(_("words"), max_length=2000)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("quick reply")
        verbose_name_plural = _("quick replies")
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class ReplyFigures(models.Model):
    """
    How somebody answers, counted every hour from the messages (`conversations/figures.py`): one row a week, and one
    without a week for the last 90 days.
    """

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reply_figures"
    )
    week = models.DateField(null=True, blank=True, help_text=_("Its Monday; empty for the last 90 days"))
    received = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    median_minutes = models.PositiveIntegerField(null=True, blank=True, help_text=_("Of office hours"))
    ninetieth_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Nine of ten were answered within these")
    )
    judged = models.PositiveIntegerField(default=0, help_text=_("Answers given more than a week ago"))
    settled_at_once = models.PositiveIntegerField(
        default=0, help_text=_("Of those, after how many nobody wrote again within a week")
    )
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("figures of answers")
        verbose_name_plural = _("figures of answers")
        ordering = ["officer", "-week"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "week"], name="reply_figures_week_once"),
            models.UniqueConstraint(
                fields=["officer"], condition=models.Q(week=None), name="reply_figures_quarter_once"
            ),
        ]
