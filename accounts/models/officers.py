"""What the public sees of one who lends, and where they are licensed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models.people import User
from accounts.states import STATES


class OfficerQuerySet(models.QuerySet["OfficerProfile"]):
    def public(self) -> "OfficerQuerySet":
        return (
            self.filter(is_public=True, user__is_active=True)
            .select_related("user")
            .prefetch_related("licenses")
        )

    def taking_applications(self, state: str) -> "OfficerQuerySet":
        """Who may take an application for a home in `state` (two letters)."""
        return self.filter(
            is_taking_applications=True,
            user__is_active=True,
            licenses__state=state,
            user__role=User.Role.OFFICER,
        )


class OfficerProfile(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="officer_profile")
    slug = models.SlugField(_("address of the page"), unique=True)
    photo = models.ImageField(_("photo"), upload_to="officers/", blank=True)
    title = models.CharField(_("title"), max_length=80, default="Loan officer")
    bio = models.TextField(_("about"), blank=True)
    direct_phone = PhoneNumberField(_("direct phone"), blank=True)
    text_number = PhoneNumberField(_("text number"), blank=True)
    nmls_id = models.CharField(_("NMLS id"), max_length=12)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    letter_line = models.TextField(
        _("own line in the thank-you letter"),
        blank=True,
        help_text=_("One or two sentences in the officer's words."),
    )
    signature_key = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Picture of the signature, in the private files"),
    )
    is_public = models.BooleanField(_("shown on the site"), default=True)
    is_taking_applications = models.BooleanField(_("takes new applications"), default=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("officer page")
        verbose_name_plural = _("officer pages")
        ordering = ["user__name"]

    def __str__(self) -> str:
        return self.user.name

    @property
    def licensed_states(self) -> list[str]:
        return sorted(license.state for license in self.licenses.all())


class OfficerLicense(models.Model):
    officer = models.ForeignKey(OfficerProfile, on_delete=models.CASCADE, related_name="licenses")
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    number = models.CharField(_("licence number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("state licence")
        verbose_name_plural = _("state licences")
        ordering = ["state"]
        constraints = [models.UniqueConstraint(fields=["officer", "state"], name="officer_license_once")]

    def __str__(self) -> str:
        return self.state
