"""What happens in conversations. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# loan: Loan | None (a visitor's), message: Message, silent: bool (told in another way). Something came in from outside.
message_received = Signal()

# conversation: Conversation, loan: Loan | None (a visitor's), message: Message, by: User. We wrote to them here.
message_written = Signal()

# conversation: Conversation, loan: Loan | None (a visitor's), by: User. What it was about is settled.
conversation_resolved = Signal()

# loan: Loan, complaint: Complaint, by: User. Each of the four steps of a complaint.
complaint_begun = Signal()
complaint_acknowledged = Signal()
complaint_resolved = Signal()
# The same without by: they said that it is not settled.
complaint_came_back = Signal()

# loan: Loan, request: ServiceRequest
service_request_made = Signal()

# loan: Loan, request: ServiceRequest, by: User
service_request_done = Signal()
