"""What happens to papers. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# loan: Loan, requests: list[Request] (new), by: User | None, silent: bool (another message names them already)
requests_made = Signal()

# loan: Loan, request: Request, by: User
request_withdrawn = Signal()

# loan: Loan, request: Request, reason: str, by: User. The borrower said it does not apply.
request_declined = Signal()

# loan: Loan, document: Document
document_received = Signal()

# loan: Loan, session: UploadSession (rejected or infected)
upload_refused = Signal()

# loan: Loan, document: Document, by: User
document_accepted = Signal()

# loan: Loan, document: Document, by: User (reason and note are on the document)
document_returned = Signal()
