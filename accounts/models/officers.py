"""What the public sees of one who lends, where they are licensed, and what they would like to change about it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.languages import label_of
from accounts.models.people import User
from accounts.states import STATES


class Speciality(models.TextChoices):
    """What an officer can be looked for by."""

    FIRST_TIME = "first_time", _("First-time buyers")
    REFINANCE = "refinance", _("Refinancing")
    SELF_EMPLOYED = "self_employed", _("Self-employed people")
    VA = "va", _("VA loans")
    FHA = "fha", _("FHA loans")
    USDA = "usda", _("USDA and rural homes")
    JUMBO = "jumbo", _("Jumbo loans")
    CONSTRUCTION = "construction", _("New construction")
    RENOVATION = "renovation", _("Renovation loans")
    INVESTMENT = "investment", _("Investment homes")
    DOWN_PAYMENT_HELP = "down_payment_help", _("Down payment assistance")
    EQUITY = "equity", _("Home equity")


class OfficerQuerySet(models.QuerySet["OfficerProfile"]):
    def public(self) -> "OfficerQuerySet":
        return (
            self.filter(is_public=True, user__is_active=True)
            .select_related("user")
            .prefetch_related("licenses")
        )

    def listed(self) -> "OfficerQuerySet":
        """Of the public pages those of officers who are licensed somewhere: what the house leads people to."""
        licensed = OfficerLicense.objects.filter(officer=models.OuterRef("pk"))
        return self.public().filter(models.Exists(licensed))

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
    photo_small = models.ImageField(
        _("small photo"), upload_to="officers/", blank=True, default="", db_default="", editable=False
    )
    title = models.CharField(_("title"), max_length=80, default="Loan officer")
    bio = models.TextField(_("about"), blank=True)
    direct_phone = PhoneNumberField(_("direct phone"), blank=True)
    text_number = PhoneNumberField(_("text number"), blank=True)
    nmls_id = models.CharField(_("NMLS id"), max_length=12)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    specialities = models.JSONField(
        _("specialities"),
        default=list,
        blank=True,
        db_default=models.Value([], output_field=models.JSONField()),
    )
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

    @property
    def language_names(self) -> list[str]:
        return [label_of(name) for name in self.languages]

    @property
    def speciality_names(self) -> list[str]:
        """As people read them, in the order of the table; what the table no longer knows is left out."""
        return [str(one.label) for one in Speciality if one.value in self.specialities]


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


class OfficerDraft(models.Model):
    """
    What somebody would like to change about a page and has not published: in `facts` only the fields that differ, so
    that whatever staff change meanwhile stays. A new photo lies among the private files until then.
    """

    officer = models.OneToOneField(OfficerProfile, on_delete=models.CASCADE, related_name="draft")
    facts = models.JSONField(default=dict)
    photo_key = models.CharField(max_length=120, blank=True, default="")
    drops_photo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft of an officer page")
        verbose_name_plural = _("drafts of officer pages")

    def __str__(self) -> str:
        return f"{self.officer} ({self.version})"
