"""
Messages for staff: the outbox, addresses that are switched off, the words of every kind of message, texts that came in,
when the house writes by itself.
One module a subject; importing it registers what it shows.
"""

from notifications.admin import outbox, people, rules, texts, wording

__all__ = ["outbox", "people", "rules", "texts", "wording"]
