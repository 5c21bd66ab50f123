"""Reminders, which stop by themselves, and the officer's morning."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.account import NOT_YOU
from notifications.catalog.shape import (
    BORROWER,
    DESK,
    PAPERS_ADDRESS,
    PERSON,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Secret,
    Section,
    address,
)  # fmt: skip

TOPIC = "reminders"
NEEDS_REMINDER = "needs_reminder"
APPLICATION_UNFINISHED = "application_unfinished"
INVITATION_UNUSED = "invitation_unused"
OFFICER_DIGEST = "officer_digest"
# Secret kinds go before all that tells of a loan, but behind those that somebody sits and waits for.
AFTER_CODES = 4

OPEN_EXAMPLE = [
    {"title": "Bank statements, two months (by November 20, 2026)", "detail": "They show your savings."},
    {"title": "Pay stubs (by November 20, 2026)", "detail": "They show your income of today."},
    {"title": "One more paper, see your portal", "detail": ""},
]
WAITING_EXAMPLE = [
    {"title": "Papers to review: 3", "detail": "LN-100042, LN-100047"},
    {"title": "Tasks for today or earlier: 2", "detail": "LN-100042, LN-100051"},
    {"title": "Mail that came back or could not be sent: 1", "detail": "LN-100039"},
]

KINDS = (
    Kind(
        key=NEEDS_REMINDER,
        name=_("Papers are still open"),
        topic=TOPIC,
        audience=BORROWER,
        gather="needs_reminder",
        must_send=False,
        quiet_hours=True,
        not_a_commitment=True,
        expires_after=timedelta(hours=30),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "needs": Field(_("What is open, without sensitive names"), OPEN_EXAMPLE),
            "how_many": Field(_("How many papers are open"), "3 papers"),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "link": Field(_("The needs list in the portal"), PAPERS_ADDRESS),
        },
        subject=_("Still open on your list (%(number)s)"),
        heading=_("Still open on your list"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, a short reminder. This is still open on your list:")),
            Bullets("needs"),
            Button(_("Open your list")),
            Paragraph(
                _(
                    "If something does not apply to you, say so beside it and we stop asking. If something is hard to "
                    "get, call %(officer)s: often another paper will do."
                )
            ),
            Section(_("Whom to call")),
            Contact(),
        ),
        short=_(
            "%(company)s: still open on your list of papers: %(how_many)s. See which: %(link)s "
            "Reply STOP to end texts."
        ),
    ),
    Kind(
        key=APPLICATION_UNFINISHED,
        name=_("An application is not finished"),
        topic=TOPIC,
        audience=PERSON,
        gather="application_unfinished",
        secret=True,
        must_send=False,
        quiet_hours=True,
        priority=AFTER_CODES,
        expires_after=timedelta(days=3),
        subject=_("Your application at %(company)s is waiting for you"),
        heading=_("Your answers are saved"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, you began an application with us, and what you typed is still there."
                )
            ),
            Paragraph(
                _(
                    "This link brings you back to where you stopped; we then ask for one thing you told us. The rest "
                    "takes a few minutes."
                )
            ),
            Secret(_("Go on with the application")),
            Paragraph(_("The link stops working after a while, and as soon as you ask for a newer one.")),
            Paragraph(_("If you no longer want to apply, there is nothing to do.")),
            Contact(),
            NOT_YOU,
        ),
    ),
    Kind(
        key=INVITATION_UNUSED,
        name=_("An invitation is not used yet"),
        topic=TOPIC,
        audience=BORROWER,
        gather="invitation",
        secret=True,
        must_send=False,
        quiet_hours=True,
        not_a_commitment=True,
        priority=AFTER_CODES,
        expires_after=timedelta(days=3),
        own_fields={
            "inviter": Field(_("Who invites"), "Olga Petrov"),
            "until": Field(_("Last day of the link"), "November 28, 2026"),
            "of_a_loan": Field(_("To a loan, not to work here"), True),
        },
        subject=_("Your place in the portal of %(company)s"),
        heading=_("Your place in the portal is ready"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, a few days ago %(inviter)s invited you to the portal for a home loan you "
                    "are part of. There you see every step and can send papers safely."
                )
            ),
            Secret(_("Set up your sign-in")),
            Paragraph(
                _(
                    "The link works once, until %(until)s, and takes the place of the first one. We do not ask again; "
                    "if the portal is not for you, call us and we find another way."
                )
            ),
            Contact(),
            NOT_YOU,
        ),
    ),
    Kind(
        key=OFFICER_DIGEST,
        name=_("What waits at the desk, in the morning"),
        topic="desk",
        audience=DESK,
        gather="officer_digest",
        must_send=False,
        expires_after=timedelta(hours=8),
        own_fields={
            "day": Field(_("Today"), "Monday, November 9"),
            "waiting": Field(_("What waits, with the loans"), WAITING_EXAMPLE),
            "link": Field(_("The desk"), address("desk:today")),
        },
        subject=_("Your desk on %(day)s"),
        heading=_("What waits for you"),
        blocks=(
            Paragraph(_("Good morning, %(first_name)s. This waits on your loans:")),
            Bullets("waiting"),
            Button(_("Open the desk")),
        ),
        why=_("You get this message because you work here. You can switch it off under “Messages to you”."),
    ),
)
