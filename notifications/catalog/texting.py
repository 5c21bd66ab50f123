"""Answers and notices about text messages."""

from notifications.catalog.shape import Kind

KINDS: tuple[Kind, ...] = ()
