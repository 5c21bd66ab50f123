"""Messages about a person's own doors: codes, links, invitations, and what changed in the account."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import PERSON, SECRET, Contact, Field, Kind, Notice, Paragraph, Secret

TOPIC = "account"
NOT_YOU = Notice(
    _(
        "If you did not ask for this, you need not do anything. Nobody gets in without what this message holds."
    )
)
KEEP_IT = Notice(_("Nobody at %(company)s will ever ask you for this code. Do not read it to anyone."))

CODE = {
    "secret": Field(SECRET["secret"].label, "428193"),
    "secret_is": Field(SECRET["secret_is"].label, "code"),
}

ACCOUNT_CHANGES = {
    "password_changed": _("The password of your account was changed."),
    "password_set": _("A password was set for your account."),
    "password_reset": _("The password of your account was changed with a reset link."),
    "email_changed": _("The e-mail address of your account was changed."),
    "email_added": _("An e-mail address was added to your account."),
    "email_removed": _("An e-mail address was removed from your account."),
    "factor_added": _("A second step for signing in was added to your account."),
    "factor_removed": _("A second step for signing in was removed from your account."),
    "new_sign_in": _("Somebody signed in to your account from a device we had not seen before."),
}

KINDS = (
    Kind(
        key="email_proof",
        name=_("Code that proves the e-mail address of an application"),
        topic=TOPIC,
        audience=PERSON,
        gather="secret_only",
        secret=True,
        priority=1,
        expires_after=timedelta(minutes=10),
        own_fields=CODE,
        subject=_("Your code for %(company)s"),
        heading=_("Your code"),
        blocks=(
            Paragraph(
                _(
                    "Enter this code on the page you have open, and your application is saved under this address."
                )
            ),
            Secret(_("Your code")),
            Paragraph(_("It works once, for ten minutes.")),
            KEEP_IT,
            NOT_YOU,
        ),
    ),
    Kind(
        key="application_resume",
        name=_("Link back to an application"),
        topic=TOPIC,
        audience=PERSON,
        gather="secret_only",
        secret=True,
        priority=1,
        expires_after=timedelta(days=3),
        subject=_("Go on with your application at %(company)s"),
        heading=_("Go on where you stopped"),
        blocks=(
            Paragraph(
                _(
                    "What you typed is saved. This link brings you back; we then ask for one thing you told us."
                )
            ),
            Secret(_("Go on with the application")),
            Paragraph(_("The link stops working after a while, and as soon as you ask for a newer one.")),
            NOT_YOU,
        ),
    ),
    Kind(
        key="invitation",
        name=_("Invitation"),
        topic=TOPIC,
        audience=PERSON,
        gather="invitation",
        secret=True,
        asked_for=True,
        priority=2,
        expires_after=timedelta(days=7),
        own_fields={
            "inviter": Field(_("Who invites"), "Olga Petrov"),
            "until": Field(_("Last day of the link"), "November 28, 2026"),
            "of_a_loan": Field(_("To a loan, not to work here"), True),
        },
        subject=_("%(inviter)s invites you to %(company)s"),
        heading=_("You are invited"),
        blocks=(
            Paragraph(
                _(
                    "%(inviter)s invites you to the portal for a home loan you are part of. You sign in for yourself; "
                    "the papers of each person stay with that person."
                ),
                when="of_a_loan",
            ),
            Paragraph(_("%(inviter)s set up your place in the portal of %(company)s."), when="not of_a_loan"),
            Secret(_("Set up your sign-in")),
            Paragraph(_("The link works once, until %(until)s. After that, ask for a new one.")),
            Contact(when="of_a_loan"),
            NOT_YOU,
        ),
    ),
    Kind(
        key="sign_in_code",
        name=_("Code for signing in"),
        topic=TOPIC,
        audience=PERSON,
        gather="secret_only",
        secret=True,
        priority=0,
        expires_after=timedelta(minutes=5),
        own_fields=CODE,
        subject=_("Your sign-in code for %(company)s"),
        heading=_("Your sign-in code"),
        blocks=(
            Paragraph(_("Enter this code on the page where you are signing in.")),
            Secret(_("Your code")),
            Paragraph(_("It works once, for a few minutes.")),
            KEEP_IT,
            NOT_YOU,
        ),
    ),
    Kind(
        key="password_reset",
        name=_("Link for a new password"),
        topic=TOPIC,
        audience=PERSON,
        gather="secret_only",
        secret=True,
        priority=1,
        expires_after=timedelta(days=1),
        subject=_("Choose a new password for %(company)s"),
        heading=_("Choose a new password"),
        blocks=(
            Paragraph(_("Somebody asked for a new password for the account with this address.")),
            Secret(_("Choose a new password")),
            NOT_YOU,
        ),
    ),
    Kind(
        key="email_confirmation",
        name=_("Proof of an e-mail address"),
        topic=TOPIC,
        audience=PERSON,
        gather="secret_only",
        secret=True,
        priority=1,
        expires_after=timedelta(days=1),
        subject=_("Confirm your e-mail address for %(company)s"),
        heading=_("Confirm your e-mail address"),
        blocks=(
            Paragraph(_("Confirm that this address is yours, and it will be used for your account.")),
            Secret(_("Confirm the address")),
            NOT_YOU,
        ),
    ),
    Kind(
        key="account_notice",
        name=_("Something in the account changed"),
        topic=TOPIC,
        audience=PERSON,
        gather="account_notice",
        priority=2,
        own_fields={
            "what": Field(_("What changed, as a sentence"), "The password of your account was changed."),
            "when": Field(_("When"), "November 9, 2026, 1:15 p.m."),
            "phone": Field(_("Telephone of the company"), "(512)\u00a0555-0142"),
        },
        subject=_("Security notice for your account at %(company)s"),
        heading=_("A notice about your account"),
        blocks=(
            Paragraph(_("%(what)s")),
            Paragraph(_("It happened on %(when)s; if that was you, there is nothing to do.")),
            Notice(_("If it was not you, call us at once: %(phone)s.")),
        ),
    ),
)
