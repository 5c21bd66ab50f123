"""
The gallery, for the eyes of the house: every component of the pages, every stage as a borrower reads it, every message
as it goes out. Everything in it is an example; nothing of a real loan is shown and nothing is written.
"""

from portal.views.gallery.components import gallery, sample_steps
from portal.views.gallery.messages import letter, message, message_body
from portal.views.gallery.stages import stage

__all__ = ["gallery", "letter", "message", "message_body", "sample_steps", "stage"]
