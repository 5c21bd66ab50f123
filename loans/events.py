"""
What happens to a loan. Every signal is sent with `send()` inside the transaction of the service, so that a failing
handler rolls the write back. Handlers live above (documents, notifications) or in `loans/handlers.py`.
"""

from django.dispatch import Signal

# application: Application, code: str (in clear, only here). Somebody must prove their e-mail address.
email_proof_asked = Signal()

# application: Application, token: str, after: timedelta. A link to come back: they leave (at once), or the address was
# just proved (after a while, unless they have sent the application by then).
resume_link_asked = Signal()

# loan: Loan, application: Application. The address is proved; the loan stands as `started`.
application_started = Signal()

# loan: Loan, application: Application, event: StageEvent, invitation: accounts.Invitation | None, token: str
# (token is empty when the borrower was signed in already). Needs list and messages hang on this.
application_submitted = Signal()

# loan: Loan, by: User, ask_papers: bool. Somebody here opened the loan by hand or brought it over; nobody was told.
loan_opened = Signal()

# loan: Loan, event: StageEvent, by: User | None, silent: bool (the application's own message says it already).
# An event with `silent_why` is told to nobody; one with `words` in those.
stage_changed = Signal()

# loan: Loan, event: StageEvent (the one undone), by: User
stage_undone = Signal()

# loan: Loan, due_on: date (Loan Estimate, third general business day)
six_items_arrived = Signal()

# loan: Loan, by: User. Facts of the loan changed that the needs list depends on (the home was found, kind, purpose).
facts_changed = Signal()

# loan: Loan, key_date: KeyDate, by: User | None
key_date_set = Signal()

# loan: Loan, party: Party, by: User. A co-borrower was added (the invitation itself is accounts.invitation_made).
party_added = Signal()

# loan: Loan, party: Party. The person accepted and can sign in.
party_joined = Signal()

# loan: Loan (with its new officer), by: User, before: User (who had it)
officer_changed = Signal()

# partner: Partner, by: User. Somebody here would like them to follow the loan; a borrower has to agree.
partner_invited = Signal()

# partner: Partner, token: str (in clear, only here). A borrower agreed.
partner_agreed = Signal()

# partner: Partner. A borrower or somebody here ended it.
partner_ended = Signal()

# loan: Loan, task: Task
task_made = Signal()

# consent: Consent (its party, its number), by: User | None. Texts to this number may begin, or must end at once.
texting_agreed = Signal()
texting_withdrawn = Signal()
