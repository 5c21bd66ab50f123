"""What people who are no borrowers yet asked for on the telephone. An answer, no advertising: it goes out once."""

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import PERSON, Button, Contact, Field, Kind, Paragraph, Section, address

KINDS = (
    Kind(
        key="caller_answer",
        name=_("What a caller asked for: a guide, the way to apply"),
        topic="account",
        audience=PERSON,
        gather="caller_answer",
        priority=3,
        not_a_commitment=True,
        own_fields={
            "officer": Field(_("Officer"), "Olga Petrov"),
            "guide": Field(_("Title of the guide, if they asked for one"), "What to have at hand"),
            "guide_link": Field(_("The guide"), address("public:guide", "what-to-bring")),
            "apply_link": Field(
                _("The officer's way to apply, if they asked for it"), address("apply:start")
            ),
        },
        subject=_("What you asked %(company)s for"),
        heading=_("As we said on the telephone"),
        blocks=(
            Paragraph(
                _("Hello %(first_name)s, thank you for your call. Here is what you asked %(officer)s for.")
            ),
            Section(_("To read and to keep"), when="guide"),
            Button("%(guide)s", "guide_link", when="guide"),
            Section(_("When you are ready"), when="apply_link"),
            Paragraph(
                _(
                    "You can apply with %(officer)s here. It takes about fifteen minutes, and you can stop and come "
                    "back. Nothing to pay, and no papers needed to begin."
                ),
                when="apply_link",
            ),
            Button(_("Apply with %(officer)s"), "apply_link", when="apply_link"),
            Section(_("Whom to call")),
            Contact(),
        ),
        why=_(
            "You get this message because you talked to us and asked for it. Nothing else follows from it."
        ),
    ),
)
