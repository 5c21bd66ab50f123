"""Asking people how it went: questions and their answers, reviews that may be published, links for friends, rules."""

from feedback.models.figures import ExperienceFigure
from feedback.models.referrals import Referral, ReferredLead
from feedback.models.reviews import PublishingConsent, Review
from feedback.models.rules import FeedbackRules
from feedback.models.surveys import SurveyResponse

__all__ = [
    "ExperienceFigure",
    "FeedbackRules",
    "PublishingConsent",
    "Referral",
    "ReferredLead",
    "Review",
    "SurveyResponse",
]
