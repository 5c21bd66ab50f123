"""What happens to papers. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# loan: Loan, requests: list[Request] (new), by: User | None, silent: bool (another message names them already)
requests_made = Signal()

# loan: Loan, request: Request, by: User
request_withdrawn = Signal()

# loan: Loan, request: Request, reason: str, by: User. The borrower said it does not apply.
request_declined = Signal()

# loan: Loan, request: Request, by: User. The borrower cannot find it or cannot get it.
request_stuck = Signal()

# loan: Loan, request: Request, by: User (the answer is on the request)
stuck_answered = Signal()

# loan: Loan, document: Document
document_received = Signal()

# loan: Loan, session: UploadSession (rejected or infected)
upload_refused = Signal()

# loan: Loan, document: Document, by: User
document_accepted = Signal()

# loan: Loan, document: Document, by: User (reason and note are on the document)
document_returned = Signal()

# loan: Loan, share: Share. The loan team gave this party a paper; they can open it now.
paper_given = Signal()

# loan: Loan, link: UploadLink, token: str (in clear, only here), by: User. A helper may send files for one request.
upload_link_made = Signal()

# loan: Loan, link: UploadLink. It opens nothing any more.
upload_link_revoked = Signal()

# loan: Loan, export: Export. An archive that somebody asked for is ready to be fetched.
archive_ready = Signal()
