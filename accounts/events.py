"""What happens to people and their doors. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# invitation: accounts.Invitation, token: str (the only moment it exists in clear), by: User | None
# Apps that put the link into a message of their own (the application's confirmation) pass announce=False.
invitation_made = Signal()

# invitation: accounts.Invitation, user: User (new, or the one who signed in to accept it)
invitation_accepted = Signal()

# user: User. Their addresses or their telephone number may have changed.
contact_changed = Signal()

# user: User, what: str (password_changed, password_set, password_reset, email_changed, factor_added, factor_removed,
# new_sign_in),
# addresses: list[str] (old and new where an address changed)
account_changed = Signal()
