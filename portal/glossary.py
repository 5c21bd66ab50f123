"""The words of the trade in ours, for the glossary and for whoever looks for one; each has an anchor of its own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Term:
    """`key` is the anchor and stays the same in every language."""

    key: str
    name: Text
    meaning: Text

    @property
    def letter(self) -> str:
        return str(self.name)[0].upper()


TERMS: tuple[Term, ...] = (
    Term("adjustable-rate-mortgage", _("Adjustable-rate mortgage"), _(
        "A loan whose rate stays for some years and is then set anew at fixed times. Ask when it first changes, how "
        "often after that, and how high it can go at most.")),
    Term("amortization", _("Amortization"), _(
        "Paying a loan off in equal payments. At first most of each payment is interest, towards the end most of it "
        "is principal.")),
    Term("annual-percentage-rate-apr", _("Annual percentage rate (APR)"), _(
        "The interest rate and most charges of a loan in one figure a year, made for comparing offers of the same "
        "kind. It is higher than the interest rate when there are charges.")),
    Term("appraisal", _("Appraisal"), _(
        "An independent opinion of what a home is worth, ordered by the lender. You receive a copy without asking.")),
    Term("assets", _("Assets"), _(
        "Money and what can be turned into money: accounts, savings, retirement plans, the sale of another home.")),
    Term("cash-to-close", _("Cash to close"), _(
        "What you bring to the closing in all: down payment and closing costs, less what was paid before and what "
        "others pay for you. It stands on the Closing Disclosure.")),
    Term("cash-out-refinance", _("Cash-out refinance"), _(
        "A new, larger loan that pays off the old one and pays the rest to you.")),
    Term("certificate-of-eligibility", _("Certificate of Eligibility"), _(
        "The paper of the Department of Veterans Affairs that says that you may use a VA loan, and how much of your "
        "entitlement is free.")),
    Term("clear-to-close", _("Clear to close"), _(
        "All conditions are met, and the papers for the signing can be prepared.")),
    Term("closing", _("Closing"), _(
        "The day on which the papers are signed and, for a purchase, the home changes hands. Also called settlement.")),
    Term("closing-costs", _("Closing costs"), _(
        "What a loan and a purchase cost beside the price: charges of the lender, title, appraisal, recording, and "
        "taxes and insurance paid ahead.")),
    Term("closing-disclosure", _("Closing Disclosure"), _(
        "The federal form with the final terms and costs. It has to be with you at least three business days before "
        "you sign.")),
    Term("co-borrower", _("Co-borrower"), _(
        "Somebody who takes the loan together with you and owes all of it as you do.")),
    Term("conditional-approval", _("Conditional approval"), _(
        "The underwriter has read the file, and the loan can go on once named conditions are met. It is not the end "
        "of the road yet.")),
    Term("conditions", _("Conditions"), _(
        "What the underwriter still wants to see or have settled, each with a reason.")),
    Term("contingency", _("Contingency"), _(
        "A part of the purchase contract that lets you walk away, for example when the inspection finds something or "
        "the loan does not come through.")),
    Term("conventional-loan", _("Conventional loan"), _(
        "A loan that no federal agency insures or stands behind.")),
    Term("credit-report", _("Credit report"), _(
        "The record of your debts and payments that a credit bureau keeps. There are three large bureaus; your own "
        "reports are free at AnnualCreditReport.com.")),
    Term("credit-score", _("Credit score"), _(
        "A number worked out of a credit report. Lenders use several kinds, so yours may differ from the one in an "
        "app.")),
    Term("debt-to-income-ratio", _("Debt-to-income ratio"), _(
        "All your payments of a month, the new one included, as a share of what you earn in a month before taxes.")),
    Term("deed", _("Deed"), _(
        "The paper that makes somebody the owner of a home; it is recorded with the county.")),
    Term("deed-of-trust", _("Deed of trust"), _(
        "In many states what is signed in place of a mortgage: a third party holds the right to the home until the "
        "loan is paid.")),
    Term("discount-points", _("Discount points"), _(
        "Money paid at the closing for a lower rate. One point is one hundredth of the loan. Worth it only if you "
        "keep the loan long enough.")),
    Term("down-payment", _("Down payment"), _(
        "The part of the price that you pay yourself.")),
    Term("earnest-money", _("Earnest money"), _(
        "A deposit soon after your offer is taken. It shows that you mean it and counts towards your purchase.")),
    Term("equity", _("Equity"), _(
        "What the home is worth, less what is owed on it.")),
    Term("escrow-account", _("Escrow account"), _(
        "An account of the servicer into which you pay property tax and insurance month by month, and out of which "
        "they are paid when they are due. In some states escrow also means the closing itself.")),
    Term("fha-loan", _("FHA loan"), _(
        "A loan insured by the Federal Housing Administration, often with a smaller down payment.")),
    Term("fixed-rate", _("Fixed rate"), _(
        "A rate that stays the same for the whole loan. The payment can still change with taxes and insurance.")),
    Term("flood-zone", _("Flood zone"), _(
        "An area that federal maps show as likely to flood. A home in one needs flood insurance for most loans.")),
    Term("funding", _("Funding"), _(
        "The money of the loan is paid out: for a purchase often on the day of the signing, for many refinances some "
        "days later.")),
    Term("funding-fee", _("Funding fee"), _(
        "What most borrowers of a VA loan pay once to the program, in place of monthly mortgage insurance.")),
    Term("gift-letter", _("Gift letter"), _(
        "A few signed lines of somebody who gives you money for the home: how much, how you are related, and that "
        "nothing has to be paid back.")),
    Term("hoa-dues", _("HOA dues"), _(
        "What an owners' association asks of each home for what is shared. It counts towards your monthly cost.")),
    Term("home-inspection", _("Home inspection"), _(
        "Somebody whom you choose looks at roof, pipes, wires and walls and tells you what they found. It is for you, "
        "not for the lender.")),
    Term("homeowners-insurance", _("Homeowners insurance"), _(
        "Insurance of the house against fire, storm and more. It has to be in force on the day the home is yours.")),
    Term("intent-to-proceed", _("Intent to proceed"), _(
        "Your word, after the Loan Estimate, that you want to go on with this lender. Before it nobody may charge you "
        "anything but the credit report.")),
    Term("interest-rate", _("Interest rate"), _(
        "The price of the borrowed money for a year, without other charges.")),
    Term("lender-credits", _("Lender credits"), _(
        "Closing costs that the lender pays for you in return for a higher rate.")),
    Term("letter-of-explanation", _("Letter of explanation"), _(
        "A few lines in your own words about something in the file, such as a large deposit or a gap between jobs.")),
    Term("lien", _("Lien"), _(
        "A right to the home that stands until a debt is paid. A mortgage is one, unpaid taxes can be another.")),
    Term("loan-estimate", _("Loan Estimate"), _(
        "The federal form of three pages with the terms and costs of a loan, sent within three business days of an "
        "application. It is the same with every lender, so that you can compare.")),
    Term("loan-to-value", _("Loan-to-value"), _(
        "The loan as a share of what the home is worth.")),
    Term("mortgage", _("Mortgage"), _(
        "The paper by which your home stands for the loan. In everyday speech also the loan itself.")),
    Term("mortgage-insurance", _("Mortgage insurance"), _(
        "Insurance that pays the lender, not you, if the loan is not paid back. Usual with a small down payment; on "
        "conventional loans you may ask to end it later.")),
    Term("nmls-id", _("NMLS ID"), _(
        "The number under which every mortgage company and loan officer is registered. You can look it up at "
        "nmlsconsumeraccess.org.")),
    Term("note", _("Note"), _(
        "Your signed promise to pay the loan back, with its terms.")),
    Term("origination-charges", _("Origination charges"), _(
        "What the lender itself asks for making the loan: section A of the Loan Estimate.")),
    Term("payoff-statement", _("Payoff statement"), _(
        "The exact sum that ends a loan on a given day.")),
    Term("piti", _("PITI"), _(
        "Principal, interest, taxes and insurance: the four parts of a usual monthly payment.")),
    Term("pre-approval", _("Pre-approval"), _(
        "A lender has looked at your credit, and perhaps at papers, and says in writing what you may look for. It is "
        "not a commitment to lend.")),
    Term("prepaids", _("Prepaids"), _(
        "What is paid ahead at the closing: interest to the end of the month, the first year of insurance, taxes.")),
    Term("pre-qualification", _("Pre-qualification"), _(
        "A first opinion from what you tell us, without papers.")),
    Term("prepayment-penalty", _("Prepayment penalty"), _(
        "A charge for paying a loan off early. Most loans today have none; the Loan Estimate says whether yours "
        "does.")),
    Term("principal", _("Principal"), _(
        "The debt itself, without interest.")),
    Term("rate-lock", _("Rate lock"), _(
        "The lender holds a rate for you until a named day. Ask what a longer one costs and what happens when the "
        "closing is late.")),
    Term("recording", _("Recording"), _(
        "Deed and mortgage are entered in the books of the county, for everybody to see.")),
    Term("refinance", _("Refinance"), _(
        "A new loan that pays off the one you have.")),
    Term("right-of-rescission", _("Right of rescission"), _(
        "For many refinances of the home you live in: until midnight of the third business day after signing you may "
        "call it off without a reason.")),
    Term("servicer", _("Servicer"), _(
        "The company that collects your payments. It may change; you are told in writing before it does.")),
    Term("settlement-agent", _("Settlement agent"), _(
        "Whoever runs the closing and moves the money: a title company, an escrow company or a lawyer.")),
    Term("survey", _("Survey"), _(
        "A drawing of the land and of what stands on it.")),
    Term("title", _("Title"), _(
        "The right to a home. A title search looks in the public books whether anybody else has one.")),
    Term("title-insurance", _("Title insurance"), _(
        "Insurance against a right to the home that turns up later. The lender's policy covers the lender; the "
        "owner's covers you.")),
    Term("trigger-lead", _("Trigger lead"), _(
        "The news that you are looking for a mortgage, sold by a credit bureau. The law has limited it since March "
        "2026.")),
    Term("underwriter", _("Underwriter"), _(
        "Who reads the whole file and decides whether the loan can go on, and on which conditions.")),
    Term("usda-loan", _("USDA loan"), _(
        "A loan for homes in many rural places, with limits on income.")),
    Term("va-loan", _("VA loan"), _(
        "A loan for veterans, people in service and some surviving spouses, with the Department of Veterans Affairs "
        "standing behind a part of it.")),
    Term("w-2", _("W-2"), _(
        "The form on which an employer says each January what you earned last year.")),
)  # fmt: skip
