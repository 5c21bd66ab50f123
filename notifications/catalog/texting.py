"""
Texts that answer a text of theirs, what says that texting begins and ends, and what the desk hears of it.

The words are plain letters without curly quotes and dashes, so that one text is one or two pieces (`texting/segments`).
Nobody is called by name and no paper is named: whoever holds the telephone may not be whom we think.
"""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    DESK,
    DESK_ADDRESS,
    HOLD,
    PORTAL_ADDRESS,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Quote,
    Section,
    Text,
)  # fmt: skip

TOPIC = "texting"
PHONE = Field(_("Telephone number to call"), "(512)\u00a0555-0142")
SITE = Field(_("The portal"), PORTAL_ADDRESS)
OFFICER = Field(_("Officer"), "Olga Petrov")
NUMBER = Field(_("Loan number"), "LN-100042")
BORROWERS = Field(_("Borrowers"), "Bea Nguyen")
DAY = Field(_("By which day"), "Monday, November 23")
DESK_LINK = Field(_("The loan at the desk"), DESK_ADDRESS)
TEXTS_LINK = Field(_("The texts at the desk"), DESK_ADDRESS)
ASK = {"officer": OFFICER, "phone": PHONE}
COUNT = Field(_("How many papers are open"), 3)


def _answer(key: str, name: Text, short: Text, gather: str, fields: dict[str, Field], **more: Any) -> Kind:
    """A text that answers one of theirs: at once, by night too, also while the loan is paused; stale soon."""
    return Kind(
        key=key,
        name=name,
        topic=TOPIC,
        audience=BORROWER,
        channel="text",
        subject=name,
        heading=name,
        blocks=(),
        short=short,
        gather=gather,
        own_fields=fields,
        on_uncertain=HOLD,
        expires_after=timedelta(hours=2),
        priority=2,
        asked_for=True,
        **more,
    )


def _for_the_desk(key: str, name: Text, fields: dict[str, Field], **more: Any) -> Kind:
    """What the officer hears of a text, also while the loan is paused."""
    return Kind(
        key=key,
        name=name,
        topic="desk",
        audience=DESK,
        gather=key,
        own_fields={"number": NUMBER, "borrowers": BORROWERS, **fields, "link": TEXTS_LINK},
        asked_for=True,
        expires_after=timedelta(days=2),
        **more,
    )


KINDS: tuple[Kind, ...] = (
    # --- Texting begins and ends
    Kind(
        key="texting_confirmed",
        name=_("Text messages are on"),
        topic=TOPIC,
        audience=BORROWER,
        gather="texting_on_or_off",
        asked_for=True,
        on_uncertain=HOLD,
        expires_after=timedelta(days=1),
        priority=2,
        own_fields={"phone": PHONE, "site": SITE},
        subject=_("Text messages about your loan are on"),
        heading=_("Text messages are on"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, from now on some news about your loan also comes as a text.")),
            Paragraph(
                _(
                    "Answer STOP at any time and they end. You can also switch them off in your profile. Everything "
                    "we text stands in our e-mails and in your portal too."
                )
            ),
            Button(_("Open your portal"), "site"),
            Contact(),
        ),
        short=_(
            "%(company)s: texts about your loan are on, usually a few a month. Msg and data rates may apply. Reply "
            "MENU for what you can ask, HELP for help, STOP to end."
        ),
    ),
    Kind(
        key="texting_stopped",
        name=_("Text messages have ended"),
        topic=TOPIC,
        audience=BORROWER,
        gather="texting_on_or_off",
        asked_for=True,
        on_uncertain=HOLD,
        expires_after=timedelta(days=1),
        priority=1,
        own_fields={"phone": PHONE, "site": SITE},
        subject=_("You get no more text messages from us"),
        heading=_("Text messages have ended"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, we send no more text messages to your telephone.")),
            Paragraph(
                _(
                    "Nothing else changes: our e-mails and your portal go on as before. Would you like texts again? "
                    "Answer START to our last one, or switch them on in your profile. Only you can do that."
                )
            ),
            Button(_("Open your portal"), "site"),
            Contact(),
        ),
        short=_(
            "%(company)s: you get no more texts from us. E-mail goes on as before. Reply START for texts again."
        ),
    ),
    # --- The menu
    _answer(
        "text_menu",
        _("Answer to MENU: what can be asked"),
        _(
            "Reply STATUS for where your loan stands, DOCS for open papers, CALL to be called, REQUEST and your words "
            "to ask for something. Or just write to us. STOP ends texts."
        ),
        "plain_answer",
        {},
    ),
    _answer(
        "text_help",
        _("Answer to HELP"),
        _(
            "%(company)s, texts about your loan. Help: call %(phone)s or see %(site)s Msg and data rates may apply. "
            "Reply MENU for what you can ask, STOP to end."
        ),
        "house_answer",
        {"phone": PHONE, "site": SITE},
    ),
    _answer(
        "text_status",
        _("Answer to STATUS, before clear to close"),
        _(
            "%(company)s: loan %(number)s is at step %(step)s of %(steps)s, %(title)s. This is not a commitment to "
            "lend. Questions? %(officer)s, %(phone)s."
        ),
        "status_answer",
        {
            "number": NUMBER,
            "step": Field(_("Number of the step"), 3),
            "steps": Field(_("How many steps there are"), 7),
            "title": Field(_("Name of the step"), "Underwriting"),
            **ASK,
        },
    ),
    _answer(
        "text_status_cleared",
        _("Answer to STATUS, from clear to close on"),
        _(
            "%(company)s: loan %(number)s is at step %(step)s of %(steps)s, %(title)s. Questions? %(officer)s, "
            "%(phone)s."
        ),
        "status_answer",
        {
            "number": NUMBER,
            "step": Field(_("Number of the step"), 5),
            "steps": Field(_("How many steps there are"), 7),
            "title": Field(_("Name of the step"), "Clear to close"),
            **ASK,
        },
        after_clear_to_close=True,
    ),
    _answer(
        "text_status_call",
        _("Answer to STATUS, where it is better to talk"),
        _("%(company)s: please call %(officer)s at %(phone)s about where your loan stands."),
        "officer_answer",
        dict(ASK),
    ),
    _answer(
        "text_docs",
        _("Answer to DOCS: papers are open"),
        _("%(company)s: papers open on your list: %(count)s. See which ones and send them here: %(site)s"),
        "docs_answer",
        {"count": COUNT, "site": SITE},
    ),
    _answer(
        "text_docs_optional",
        _("Answer to DOCS: papers that would help, before the Loan Estimate"),
        _(
            "%(company)s: nothing has to be sent yet. Papers that would help already: %(count)s. See which ones here: "
            "%(site)s"
        ),
        "docs_answer",
        {"count": COUNT, "site": SITE},
    ),
    _answer(
        "text_docs_none",
        _("Answer to DOCS: nothing is open"),
        _("%(company)s: no papers are open on your list right now. See what we have here: %(site)s"),
        "house_answer",
        {"phone": PHONE, "site": SITE},
    ),
    _answer(
        "text_call",
        _("Answer to CALL: who calls, and when"),
        _("%(company)s: %(officer)s calls you by %(day)s. If it cannot wait, please call %(phone)s."),
        "dated_answer",
        {**ASK, "day": DAY},
    ),
    _answer(
        "text_request",
        _("Answer to REQUEST: it is in the file"),
        _(
            "%(company)s: added to your file. %(officer)s answers by %(day)s. Nothing about your loan or rate changes "
            "until your officer confirms it. Urgent? %(phone)s."
        ),
        "dated_answer",
        {**ASK, "day": DAY},
    ),
    _answer(
        "text_request_empty",
        _("Answer to REQUEST without words"),
        _("Please write REQUEST and then what you need, for example: REQUEST a copy of my Loan Estimate"),
        "plain_answer",
        {},
    ),
    _answer(
        "text_thanks",
        _("Answer to a message, once a day"),
        _(
            "%(company)s: thank you, your message is with %(officer)s. If it cannot wait, please call %(phone)s. Reply "
            "MENU for what you can ask here."
        ),
        "officer_answer",
        dict(ASK),
    ),
    _answer(
        "text_picture",
        _("Answer to a picture, once a day"),
        _(
            "%(company)s: your picture arrived and is being checked. Sharper and safer: send papers in your portal, "
            "%(site)s"
        ),
        "house_answer",
        {"phone": PHONE, "site": SITE},
    ),
    _answer(
        "text_picture_refused",
        _("A picture could not be taken"),
        _("%(company)s: we could not use the picture you sent. Please send it in your portal: %(site)s"),
        "house_answer",
        {"phone": PHONE, "site": SITE},
    ),
    _answer(
        "text_unknown",
        _("Answer to a number without consent, once"),
        _(
            "This is %(company)s. We cannot help by text from this number. Please call %(phone)s or sign in at "
            "%(site)s Reply STOP for no more texts."
        ),
        "house_answer",
        {"phone": PHONE, "site": SITE},
    ),
    # --- A request is answered
    Kind(
        key="service_request_answered",
        name=_("A request was answered"),
        topic="application",
        audience=BORROWER,
        gather="service_request_answered",
        asked_for=True,
        not_a_commitment=True,
        own_fields={
            "number": NUMBER,
            "asked": Field(_("What they asked for, in their words"), "A copy of my Loan Estimate, please."),
            "answer": Field(
                _("What was done, in the officer's words"), "It is in your portal since this morning."
            ),
            "phone": PHONE,
            "officer": OFFICER,
        },
        subject=_("About your request (%(number)s)"),
        heading=_("Your request"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, you asked us for something, and here is the answer.")),
            Quote(_("You wrote:"), "asked"),
            Quote(_("%(officer)s answers:"), "answer"),
            Section(_("Whom to call")),
            Contact(),
        ),
        short=_(
            "%(company)s: %(officer)s has answered your request. The answer is in our e-mail; or call %(phone)s. Reply "
            "STOP to end texts."
        ),
    ),
    # --- The desk hears of it
    _for_the_desk(
        "message_received_officer",
        _("A borrower wrote, to the officer"),
        fields={"count": Field(_("How many messages wait for an answer"), 2)},
        subject=_("A message waits for you (%(number)s)"),
        heading=_("A borrower wrote"),
        blocks=(
            Paragraph(_("Messages of %(borrowers)s that wait for your answer: %(count)s.")),
            Paragraph(_("What they say stands at the desk, not in this mail.")),
            Button(_("Read it")),
        ),
    ),
    _for_the_desk(
        "service_request_officer",
        _("A service request, to the officer"),
        fields={
            "count": Field(_("How many requests are open"), 1),
            "day": DAY,
        },
        subject=_("A request waits for you (%(number)s)"),
        heading=_("A borrower asked for something"),
        blocks=(
            Paragraph(_("Open requests of %(borrowers)s: %(count)s. We said that you answer by %(day)s.")),
            Button(_("Read it and answer")),
        ),
    ),
    _for_the_desk(
        "unclear_text_officer",
        _("A text that perhaps says stop, to the officer"),
        priority=3,
        fields={"until": Field(_("Until when to decide"), "November 23, 2026, 1:15 p.m.")},
        subject=_("Please decide: does this text mean stop? (%(number)s)"),
        heading=_("A text that perhaps says stop"),
        blocks=(
            Paragraph(
                _(
                    "A text of %(borrowers)s contains a word that ends texting. No text goes to that number until you "
                    "have looked."
                )
            ),
            Paragraph(_("Without a decision by %(until)s it counts as stop, and only they can start again.")),
            Button(_("Look and decide")),
        ),
    ),
)
