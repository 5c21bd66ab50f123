"""
Asking how it went (`feedback/`): one question a mail, answered by one press and without signing in.

Nobody has to answer and nobody is asked twice. Each is marketing in the sense of the law: it says how to end such
mails, keeps to hours, and does not go to who is in trouble or grief. The link is a secret: whoever reads the outbox
must not answer for them.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import BORROWER, Contact, Field, Kind, Paragraph, Secret, Text, address

TOPIC = "feedback"


def _question(
    key: str, name: Text, subject: Text, heading: Text, words: tuple[Text, ...], press: Text
) -> Kind:
    return Kind(
        key=key,
        name=name,
        topic=TOPIC,
        audience=BORROWER,
        gather="survey",
        secret=True,
        must_send=False,
        marketing=True,
        priority=8,
        expires_after=timedelta(days=3),
        own_fields={
            "officer": Field(_("Who it is about"), "Olga Petrov"),
            "secret": Field(_("Where they answer"), address("public:answer", "a-survey-link")),
        },
        subject=subject,
        heading=heading,
        blocks=(*map(Paragraph, words), Secret(press), Paragraph(AS_YOU_LIKE), Contact()),
        why=_("You get this message because you have a loan with us. You are asked this once."),
    )


AS_YOU_LIKE = _("It takes one press, without signing in. If you would rather not answer, just leave it.")
KINDS = (
    _question(
        "survey_applied",
        _("How applying went"),
        _("How was applying?"),
        _("How was applying?"),
        (
            _(
                "Hello %(first_name)s, you have just applied with us. Was it easy, or is there something to mend?"
            ),
        ),
        _("Tell us"),
    ),
    _question(
        "survey_returned",
        _("How the first return of a paper went"),
        _("Was it clear what we need?"),
        _("Was it clear?"),
        (
            _(
                "Hello %(first_name)s, one of your papers came back to you. That is a nuisance, and we would like to "
                "know whether it was clear why, and how to go on."
            ),
        ),
        _("Tell us"),
    ),
    _question(
        "survey_clear",
        _("How the way to clear to close went"),
        _("How has it been so far?"),
        _("How has it been so far?"),
        (_("Hello %(first_name)s, a long stretch is behind you. How has it been with us so far?"),),
        _("Tell us"),
    ),
    _question(
        "survey_conversation",
        _("How a conversation went"),
        _("Did that answer your question?"),
        _("Did that help?"),
        (
            _(
                "Hello %(first_name)s, you wrote to us, and %(officer)s answered. How content are you with that, from "
                "one to five?"
            ),
        ),
        _("Tell us"),
    ),
    _question(
        "survey_nps",
        _("Whether they would recommend us"),
        _("One question, now that it is done"),
        _("One question"),
        (
            _("Hello %(first_name)s, your closing is behind you. We hope that all is well."),
            _("How likely are you to recommend us to somebody you know, from zero to ten?"),
        ),
        _("Answer"),
    ),
    _question(
        "review_invitation",
        _("Invitation to a review"),
        _("What would you tell others about us?"),
        _("Would you write a review?"),
        (
            _(
                "Hello %(first_name)s, we ask everybody whose loan has closed the same thing: what would you tell "
                "others about working with %(officer)s?"
            ),
            _(
                "You decide whether it is published, and whether your first name stands with it. We publish what "
                "people agree to, few stars and many alike, and nothing is paid for it."
            ),
        ),
        _("Write a review"),
    ),
)
