"""
What the audit log's actions are called for people: one line an action that a loan's page can show.

The log itself keeps the code (`loan.stage_changed`), in one language and for ever. A test finds actions without words.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Entry

WORDS: dict[str, Promise] = {
    # The application
    "application.address_proved": _("E-mail address proved"),
    "application.code_made": _("Code for the e-mail address made"),
    "application.link_made": _("Link to go on with the application made"),
    "application.resumed": _("Application gone on with"),
    # The loan
    "loan.started": _("Loan started"),
    "loan.opened": _("Loan opened by the loan team"),
    "loan.import_changed": _("Facts changed by a table that was brought over"),
    "lead.applied": _("Somebody who had called is on this loan now"),
    "loan.stage_changed": _("Stage moved"),
    "loan.stage_undone": _("Move taken back"),
    "loan.item_received": _("Item of the application received"),
    "loan.items_received": _("Items of the application received"),
    "loan.six_items_arrived": _("Six items complete"),
    "loan.facts_changed": _("Facts changed"),
    "loan.circumstances_noted": _("Complaint or bereavement noted"),
    "loan.next_update_set": _("Next update promised"),
    "loan.waiting_on_set": _("Who has the ball set by hand"),
    "loan.expected_closing_set": _("Expected closing set"),
    "loan.key_date_set": _("Key date set"),
    "loan.key_date_cleared": _("Key date removed"),
    "loan.officer_changed": _("Officer changed"),
    "loan.processor_changed": _("Processor changed"),
    "loan.seen_as_borrower": _("Page seen as the borrower sees it"),
    "partner.invited": _("Borrowers asked whether a partner may follow the loan"),
    "partner.agreed": _("Partner let in by a borrower"),
    "partner.opened": _("Page of a partner opened"),
    "partner.ended": _("Partner follows the loan no more"),
    # Its people
    "loan.party_added": _("Person added"),
    "loan.party_corrected": _("Name or address corrected"),
    "loan.party_joined": _("Person joined"),
    "loan.party_reinvited": _("New invitation sent"),
    "invitation.made": _("Invitation made"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.revoked": _("Invitation ended"),
    "consent.texting_given": _("Agreed to texts"),
    "consent.texting_withdrawn": _("Took back the consent to texts"),
    "consent.e_delivery_given": _("Agreed to receive disclosures electronically"),
    "consent.e_delivery_withdrawn": _("Took back the consent to receive disclosures electronically"),
    "preference.changed": _("Choice of messages changed"),
    # Papers
    "needs.listed": _("Needs list made"),
    "needs.dated": _("Needs list given its days"),
    "request.added": _("Paper asked for"),
    "request.edited": _("What is asked for changed"),
    "request.declined": _("Paper marked as not applying"),
    "request.withdrawn": _("Request withdrawn"),
    "request.asked_again": _("Paper asked for again"),
    "request.stuck": _("Help with a paper asked for"),
    "request.stuck_answered": _("Question about a paper answered"),
    "upload.opened": _("Upload begun"),
    "upload.received": _("Upload complete"),
    "upload.rejected": _("Upload refused"),
    "upload.infected": _("Upload stopped by the virus scanner"),
    "upload.expired": _("Upload never finished"),
    "upload.aborted": _("Upload broken off"),
    "photos.ordered": _("Photos of one paper put in order"),
    "document.received": _("Document received"),
    "document.opened": _("Document opened"),
    "document.review_begun": _("Opened for a compliance review"),
    "document.shared": _("Document opened to a borrower"),
    "document.share_ended": _("Document closed to a borrower again"),
    "house_paper.made": _("Paper for borrowers begun"),
    "house_paper.given": _("Paper given to borrowers"),
    "house_paper.kept_back": _("Paper not given: no consent"),
    "house_paper.withdrawn": _("Paper for borrowers withdrawn"),
    "upload_link.made": _("Upload-only link made"),
    "upload_link.opened": _("Upload-only link first opened"),
    "upload_link.revoked": _("Upload-only link ended"),
    "document.downloaded": _("Document downloaded"),
    "document.hints_kept": _("Hints read, document kept as it is"),
    "document.accepted": _("Document accepted"),
    "document.returned": _("Document sent back"),
    "document.taken_back": _("Document taken back by its sender"),
    "document.disposed": _("Document destroyed, its time being over"),
    "archive.asked": _("All papers as one file asked for"),
    "archive.made": _("All papers as one file put together"),
    "archive.downloaded": _("All papers as one file downloaded"),
    "hold.set": _("Legal hold set"),
    "hold.ended": _("Legal hold ended"),
    "document.filed": _("Document filed under what was asked for"),
    "document.moved": _("Document moved to where it belongs"),
    "document.moved_here": _("Document moved here from another loan"),
    # Messages and letters
    "message.held": _("Message put on hold"),
    "message.released": _("Message released"),
    "message.sent_now": _("Message sent at once"),
    "message.resent": _("Message sent again"),
    "message.cancelled": _("Message cancelled"),
    "message.settled": _("Unclear message looked at"),
    "message.letter_edited": _("Letter changed"),
    "message.printed": _("Letter printed"),
    "message.taken_off_pile": _("Letter taken off the pile"),
    "message.received": _("Borrower wrote"),
    "message.unknown": _("A mail to the thread came from an unknown address"),
    "message.adopted": _("Said whose a mail from an unknown address is"),
    "message.said": _("Answer kept"),
    "conversation.no_reply_needed": _("No reply needed"),
    "conversation.reply_needed": _("A reply is needed after all"),
    "conversation.resolved": _("Thread resolved"),
    "conversation.reopened": _("Thread opened again"),
    "conversation.set_aside": _("Thread set aside as noise"),
    "conversation.brought_back": _("Thread brought back from noise"),
    "message.set_aside": _("Message in the chat taken for noise"),
    "message.unsubscribed": _("Unsubscribed"),
    "message.subscribed_again": _("Subscribed again"),
    "message.texts_allowed": _("Texts allowed"),
    "message.texts_stopped": _("Texts stopped"),
    "message.address_switched_off": _("Address switched off"),
    "message.address_switched_on": _("Address switched on again"),
    "address.switched_off": _("Address switched off"),
    "letter.made": _("Letter made"),
    "letter.viewed": _("Letter opened"),
    "letter.printed_out": _("Letters printed as one"),
    "text.decided": _("Unclear text decided"),
    "text.tried": _("Text tried as the borrower"),
    # What is to be done
    "complaint.begun": _("Complaint begun"),
    "complaint.acknowledged": _("Complaint acknowledged"),
    "complaint.resolved": _("Complaint resolved, and asked whether it is settled"),
    "complaint.answered": _("Said whether the complaint is settled"),
    "survey.asked": _("Asked how it went"),
    "survey.answered": _("Said how it went"),
    "survey.words": _("Said more about how it went"),
    "feedback_rules.changed": _("Rules of asking changed"),
    "review.written": _("Review written"),
    "review.withdrawn": _("Review taken back"),
    "review.hidden": _("Words of a review hidden"),
    "review.shown": _("Words of a review shown again"),
    "review.replied": _("Replied to a review"),
    "lead.referred": _("Came by somebody’s link"),
    "service_request.made": _("Service request made"),
    "service_request.done": _("Service request answered"),
    "task.made": _("Task made"),
    "task.done": _("Task done"),
    "task.waived": _("Task waived"),
}


def audit_words(action: object) -> str:
    """The words for an action; one that nobody wrote words for reads as it is called."""
    said = WORDS.get(str(action))
    return str(said) if said else str(action).replace(".", ": ").replace("_", " ")


def audit_actor(entry: Entry) -> str:
    """Who did it: a person by name, else the portal by itself, or somebody who was not signed in."""
    if entry.actor_name:
        return entry.actor_name
    if entry.actor.startswith("task:"):
        return str(_("The portal itself"))
    return str(_("Somebody not signed in")) if entry.actor == "visitor" else entry.actor
