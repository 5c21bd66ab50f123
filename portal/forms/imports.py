"""A table of loans from another system."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.importing import MOST_BYTES
from portal.forms.base import DeskForm


class ImportForm(DeskForm):
    slug = "import"
    table = forms.FileField(
        label=gettext_lazy("The table, as a CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        help_text=gettext_lazy("Nothing happens yet: the next page shows what each line would do."),
    )

    def clean_table(self) -> UploadedFile:
        table: UploadedFile = self.cleaned_data["table"]
        if table.size and table.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than one megabyte. Split it."))
        return table

    def said(self) -> dict[str, Any]:
        table = self.cleaned_data["table"]
        return {"name": table.name, "content": table.read()}


class BringOverForm(DeskForm):
    slug = "bring-over"
    invite = forms.BooleanField(
        label=gettext_lazy("Invite the borrowers of new loans"),
        required=False,
        help_text=gettext_lazy(
            "Each gets one e-mail with a link to their portal. Without it nobody is written to; you can invite them "
            "one by one later."
        ),
    )
