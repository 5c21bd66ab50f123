"""The kinds of paper a loan needs. An e-mail never names a `SENSITIVE` one: "one more paper, see your portal"."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PHOTO_ID = "photo_id", _("Photo ID")
    PAY_STUB = "pay_stub", _("Pay stubs")
    W2 = "w2", _("W-2 forms")
    FORM_1099 = "form_1099", _("1099 forms")
    PERSONAL_RETURN = "personal_return", _("Personal tax returns")
    BUSINESS_RETURN = "business_return", _("Business tax returns")
    PROFIT_AND_LOSS = "profit_and_loss", _("Profit and loss statement")
    BUSINESS_LICENCE = "business_licence", _("Business licence or CPA letter")
    AWARD_LETTER = "award_letter", _("Award letter")
    BANK_STATEMENT = "bank_statement", _("Bank statements")
    RETIREMENT_STATEMENT = "retirement_statement", _("Retirement statement")
    GIFT_LETTER = "gift_letter", _("Gift letter")
    PURCHASE_CONTRACT = "purchase_contract", _("Purchase contract")
    EARNEST_MONEY = "earnest_money", _("Earnest money proof")
    MORTGAGE_STATEMENT = "mortgage_statement", _("Mortgage statement")
    NOTE = "note", _("Promissory note")
    INSURANCE = "insurance", _("Homeowners insurance")
    PROPERTY_TAX = "property_tax", _("Property tax bill")
    LEASE = "lease", _("Lease")
    HOA = "hoa", _("Condo or HOA papers")
    CERTIFICATE_OF_ELIGIBILITY = "certificate_of_eligibility", _("Certificate of Eligibility")
    DD214 = "dd214", _("DD-214 or statement of service")
    DIVORCE_DECREE = "divorce_decree", _("Divorce decree or separation agreement")
    SUPPORT_RECEIPT = "support_receipt", _("Proof of support received")
    BANKRUPTCY = "bankruptcy", _("Bankruptcy papers")
    DISABILITY_AWARD = "disability_award", _("Disability award letter")
    RESIDENCY = "residency", _("Residency or work authorisation")
    SOCIAL_SECURITY_CARD = "social_security_card", _("Social Security card")
    EXPLANATION = "explanation", _("Letter of explanation")
    OFFER_LETTER = "offer_letter", _("Offer letter")
    OTHER = "other", _("Other paper")


SENSITIVE = frozenset({Kind.DIVORCE_DECREE, Kind.SUPPORT_RECEIPT, Kind.BANKRUPTCY, Kind.DISABILITY_AWARD})
