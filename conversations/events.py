"""What happens in conversations. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# loan: Loan, message: Message, silent: bool (the officer is told in another way). Something came in from outside.
message_received = Signal()

# loan: Loan, request: ServiceRequest
service_request_made = Signal()

# loan: Loan, request: ServiceRequest, by: User
service_request_done = Signal()
