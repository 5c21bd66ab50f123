"""Reminders and digests."""

from notifications.catalog.shape import Kind

KINDS: tuple[Kind, ...] = ()
