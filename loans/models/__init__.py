"""
A loan, its people, its stages, its dates and tasks, and the application it began with.

`Loan` is what borrowers and officers look at; its `version` goes up with each write at the desk, so that two officers
never overwrite each other. A `Party` ties a person to it (a user only once they accepted). `StageEvent` is the
history, one row a move. `ReceivedItem` is the six-item meter of an application under TRID (12 CFR 1026.2(a)(3)).
`KeyDate` runs beside the line. `Task` is the one to-do table. Writes are verbs in `loans/services/`; the stages and
their wording are the table in `loans/stages.py`. `DeskView`, `LoanWord`, `LoanImport` and `Partner` belong to the work
of the desk; `RatePost` and `RateWithdrawal` are rates shown to everybody. A stage changes only
through `services.change_stage`.
"""

from loans.models.application import Application, Consent, ReceivedItem
from loans.models.dates import KeyDate, Task
from loans.models.desk import DeskView, LoanImport, LoanWord, Partner
from loans.models.loan import Loan, LoanQuerySet, Party, PartyQuerySet
from loans.models.promises import UpdatePromise
from loans.models.rates import RatePost, RateWithdrawal
from loans.models.stages import StageEvent, StageWording
from loans.models.usual import UsualDays

__all__ = [
    "Application",
    "Consent",
    "DeskView",
    "KeyDate",
    "Loan",
    "LoanImport",
    "LoanQuerySet",
    "LoanWord",
    "Partner",
    "Party",
    "PartyQuerySet",
    "RatePost",
    "RateWithdrawal",
    "ReceivedItem",
    "StageEvent",
    "StageWording",
    "Task",
    "UpdatePromise",
    "UsualDays",
]
