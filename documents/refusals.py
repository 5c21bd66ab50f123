"""
What the house refuses by itself, one entry a code: what is the matter, in plain words, and how to mend it.

The same words are used before sending (in the browser), when an upload is opened and after the check. `retry` tells
whether sending the very same file again can help.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.filetypes import type_called
from loans.errors import Refused


@dataclass(frozen=True)
class Refusal:
    code: str
    wrong: str | Promise
    mend: str | Promise
    retry: bool = False

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "wrong": str(self.wrong), "mend": str(self.mend), "retry": self.retry}


class UploadRefused(Refused):
    """A file that is not taken, with its code in `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.wrong} {refusal.mend}")
        self.refusal = refusal


REFUSALS: dict[str, Refusal] = {
    entry.code: entry
    for entry in [
        Refusal(
            "empty",
            _("This file is empty."),
            _("Save or download it once more, check that it opens on your device, then send it again."),
        ),
        Refusal(
            "too_large",
            _("This file is larger than %(limit)s MB."),
            _("Send it in two or more files, or scan it again at a lower quality (200 dpi is plenty)."),
        ),
        Refusal(
            "wrong_type",
            _("We cannot take this kind of file."),
            _(
                "Send a PDF or a photo (JPEG, PNG, HEIC or TIFF). From Word or Excel choose “Save as PDF” first."
            ),
        ),
        Refusal(
            "lying_name",
            _("The name of this file says one thing, its content another."),
            _("Save it again as a PDF or take a new photo, then send that file."),
        ),
        Refusal(
            "locked",
            _("This PDF is locked by a password, so we cannot open it."),
            _("Open it with the password, choose “Print”, then “Save as PDF”, and send the new file."),
        ),
        Refusal(
            "broken",
            _("This file is damaged and does not open."),
            _("Download or scan it once more, check that it opens on your device, then send it again."),
        ),
        Refusal(
            "unsafe_structure",
            _("This file is built in a way that we cannot open safely."),
            _(
                "Open it, choose “Print”, then “Save as PDF”, and send the new file. A photo of the pages is fine too."
            ),
        ),
        Refusal(
            "too_many_pages",
            _("This file has more than 500 pages."),
            _("Send it in parts of up to 500 pages each."),
        ),
        Refusal(
            "too_many_photos",
            _("These are more than 100 photos for one paper."),
            _("Send them as two papers, or scan the pages into one PDF with the notes app of your phone."),
        ),
        Refusal(
            "too_many_pixels",
            _("This picture is larger than 60 megapixels."),
            _("Take it again with your phone's usual camera setting, or send a PDF scan."),
        ),
        Refusal(
            "unpacks_too_large",
            _("Unpacked, this file is far larger than it looks, so we cannot open it safely."),
            _(
                "Open it, choose “Print”, then “Save as PDF”, and send the new file. A photo of the pages is fine too."
            ),
        ),
        Refusal(
            "changed",
            _("The file was changed while it was being checked."),
            _("Please send it again."),
            retry=True,
        ),
        Refusal(
            "unreadable",
            _("We tried three times and could not read this file."),
            _("Open it, choose “Print”, then “Save as PDF”, and send the new file."),
        ),
        Refusal(
            "incomplete",
            _("Not all of the file arrived."),
            _("Please send it again; what has arrived need not be sent twice."),
            retry=True,
        ),
        Refusal(
            "disk_full",
            _("Our storage has no room at this moment."),
            _("Nothing is wrong with your file. Please try again in an hour, or call your loan officer."),
            retry=True,
        ),
        Refusal(
            "too_many_files",
            _("This loan has as many files as it can hold."),
            _("Please call your loan officer, who can make room."),
        ),
        Refusal(
            "too_much_today",
            _("You have sent a great deal today."),
            _("Please send the rest tomorrow, or call your loan officer."),
        ),
        Refusal(
            "too_fast",
            _("That were many files at once."),
            _("Please wait a minute, then go on."),
            retry=True,
        ),
        Refusal(
            "closed",
            _("This loan takes no papers at the moment."),
            _("Please call your loan officer if you think we need this one."),
        ),
        Refusal(
            "link_ended",
            _("This link has ended."),
            _("Please ask the person who sent it to you for a new one."),
        ),
        Refusal(
            "settled",
            _("We need nothing more here."),
            _("If you have a newer paper, please call your loan officer."),
        ),
        Refusal(
            "infected",
            _("Our virus scanner stopped this file."),
            _("Please check your device, then send a fresh copy from where the paper comes from."),
        ),
    ]
}


def refusal(code: str, *, true_type: str = "") -> Refusal:
    """The words for `code`. With the true type known, a name that lies is told what it should have been."""
    entry = REFUSALS[code]
    if code == "too_large":
        wrong = str(entry.wrong) % {"limit": settings.MAX_UPLOAD_MB}
        return Refusal(code, wrong, entry.mend)
    found = type_called(true_type)
    if code == "lying_name" and found:
        wrong = gettext("The name of this file does not fit: by its content it is %(type)s.") % {
            "type": found.name
        }
        mend = gettext(
            "Rename it so that it ends in “.%(ending)s”, or save it again as a PDF, then send that file."
        )
        return Refusal(code, wrong, mend % {"ending": found.endings[0]})
    return entry
