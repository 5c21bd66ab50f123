"""What the house sends to those who look after its words."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import PERSON, Field, Kind, Notice

WORDING_TEST = "wording_test"

KINDS = (
    Kind(
        key=WORDING_TEST,
        name=_("Test of a wording"),
        topic="account",
        audience=PERSON,
        gather="wording_test",
        priority=2,
        expires_after=timedelta(hours=1),
        asked_for=True,
        own_fields={
            "about": Field(_("The message whose words are tried out"), "Processing"),
            "subject": Field(_("Its subject"), "We are working on your file (LN-100042)"),
        },
        subject=_("[Test] %(subject)s"),
        heading=_("%(subject)s"),
        why=_("You get this message because you asked for a test in the admin."),
        blocks=(
            Notice(
                _(
                    "This is a test of the words of “%(about)s”. It went to you alone; names and values are examples, "
                    "or those of the loan you chose."
                )
            ),
        ),
    ),
)
