"""
The languages an officer can name, by English name, with their code (BCP 47) for machines that read the page: those most
spoken in homes of the United States (American Community Survey, table B16001), and American Sign Language.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: dict[str, tuple[str, Promise]] = {
    "American Sign Language": ("ase", _("American Sign Language")),
    "Amharic": ("am", _("Amharic")),
    "Arabic": ("ar", _("Arabic")),
    "Armenian": ("hy", _("Armenian")),
    "Bengali": ("bn", _("Bengali")),
    "Cantonese": ("yue", _("Cantonese")),
    "English": ("en", _("English")),
    "French": ("fr", _("French")),
    "German": ("de", _("German")),
    "Greek": ("el", _("Greek")),
    "Gujarati": ("gu", _("Gujarati")),
    "Haitian Creole": ("ht", _("Haitian Creole")),
    "Hebrew": ("he", _("Hebrew")),
    "Hindi": ("hi", _("Hindi")),
    "Hmong": ("hmn", _("Hmong")),
    "Italian": ("it", _("Italian")),
    "Japanese": ("ja", _("Japanese")),
    "Khmer": ("km", _("Khmer")),
    "Korean": ("ko", _("Korean")),
    "Lao": ("lo", _("Lao")),
    "Mandarin": ("cmn", _("Mandarin")),
    "Navajo": ("nv", _("Navajo")),
    "Persian": ("fa", _("Persian")),
    "Polish": ("pl", _("Polish")),
    "Portuguese": ("pt", _("Portuguese")),
    "Punjabi": ("pa", _("Punjabi")),
    "Russian": ("ru", _("Russian")),
    "Somali": ("so", _("Somali")),
    "Spanish": ("es", _("Spanish")),
    "Swahili": ("sw", _("Swahili")),
    "Tagalog": ("tl", _("Tagalog")),
    "Tamil": ("ta", _("Tamil")),
    "Telugu": ("te", _("Telugu")),
    "Thai": ("th", _("Thai")),
    "Ukrainian": ("uk", _("Ukrainian")),
    "Urdu": ("ur", _("Urdu")),
    "Vietnamese": ("vi", _("Vietnamese")),
    "Yiddish": ("yi", _("Yiddish")),
}
CHOICES = [(name, label) for name, (_code, label) in LANGUAGES.items()]


def label_of(name: str) -> str:
    """As people read it; one that was typed before there was this table stays as it was typed."""
    known = LANGUAGES.get(name)
    return str(known[1]) if known else name


def code_of(name: str) -> str:
    """For machines; a language without a code is named as it is."""
    known = LANGUAGES.get(name)
    return known[0] if known else name
