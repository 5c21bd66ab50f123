"""
The steps of the application as forms: what each asks, in which words, and what it keeps (`answers()`: plain JSON).

Money, telephone numbers and ZIP codes are read as people write them. Nothing here asks for a Social Security number
or a birth date.
"""

from loans.forms.home import HomeForm, LoanForm, PropertyForm, WhoForm
from loans.forms.person import LANGUAGE_WISHES, TIME_ZONES, CodeForm, ReachForm, ResumeForm, WorkForm
from loans.forms.shared import StepForm

FORMS: dict[str, type[StepForm]] = {
    form.key: form for form in (HomeForm, WhoForm, PropertyForm, LoanForm, WorkForm, ReachForm)
}

__all__ = [
    "FORMS",
    "LANGUAGE_WISHES",
    "TIME_ZONES",
    "CodeForm",
    "HomeForm",
    "LoanForm",
    "PropertyForm",
    "ReachForm",
    "ResumeForm",
    "StepForm",
    "WhoForm",
    "WorkForm",
]
