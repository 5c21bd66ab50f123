"""
Every address that answers without sign-in, by view name, and why. Nothing else does: `LoginRequiredMiddleware`
guards the rest, and a test compares this list with the real URLs, both ways.
"""

PUBLIC_ADDRESSES: dict[str, str] = {
    # Read by anybody
    "public:front": "what this house does",
    "public:process": "how a loan goes",
    "public:ready": "what to have ready, by situation",
    "public:glossary": "the words of the trade",
    "public:strangers": "why strangers may call",
    "public:wire": "how to send money safely",
    "public:officers": "who works here",
    "public:officer": "one officer and how to reach them",
    "public:officer_reviews": "what borrowers published about one officer",
    "public:rates": "rates posted today, with what the advertising rules ask for",
    "public:rates_feed": "the same for machines",
    "public:payment": "what a home may cost a month, with a visitor's own numbers",
    "public:payment_pdf": "the same to print and to keep",
    "public:affordability": "which price fits a monthly amount, with a visitor's own numbers",
    "public:officer_card": "the same as a contact for a telephone",
    "public:guides": "guides in plain words",
    "public:guide": "one of them",
    "public:guide_pdf": "the same to print and to keep",
    "public:guide_mail": "the same by mail, with consent",
    "public:guide_sent": "it is on its way",
    "chat:room": "asking us something; a visitor's own thread by the key their browser keeps",
    "chat:new": "what is new on it",
    "chat:say": "a question, with limits",
    "chat:read": "how far they have read it",
    "chat:leave": "the browser forgets it",
    "public:privacy": "the privacy notice",
    "public:accessibility": "the accessibility statement",
    "public:robots": "for search engines",
    "public:sitemap": "for search engines: the pages they may list",
    "public:media": "officer photos and logos, re-encoded by us",
    # Asked by machines
    "public:healthz": "is the process alive",
    "public:readyz": "may traffic come",
    "public:metrics": "figures, for whoever holds METRICS_TOKEN",
    "texting:inbound": "a text came in; signed by whoever carries our texts",
    "texting:status": "what became of a text; signed by whoever carries our texts",
    # Applying, before there is an account
    "apply:start": "an application begins",
    "apply:with": "an application begins with a chosen officer",
    "apply:step": "one step of it; the session knows which application",
    "apply:prove": "the code that proves an e-mail address",
    "apply:arrived": "it arrived; the session knows which application",
    "apply:resume": "coming back by link, which also asks for something they typed",
    "apply:leave": "mails the link to come back",
    # Coming in
    "accounts:invitation": "the token is the authority; it works once",
    "accounts:accept": "the token waits in the session",
    "admin:login": "leads to the house's own sign-in",
    # Messages
    "preferences:unsubscribe": "the signed token is the authority; it names one address and stops marketing alone",
    "public:settled": "the signed token is the authority; it names one complaint, which is settled or is not",
    "public:answer": "the signed token is the authority; it names one question to one person",
    "public:answer_withdraw": "the same token; takes back that a review of theirs is published",
    "public:friend": "the link that somebody gave a friend; it says nothing about who gave it",
    "mail_webhooks:inbound": "the configured mail provider brings answers to messages; it has a name and a password",
    "mail_webhooks:events": "the configured mail provider tells what became of mail; it has a name and a password",
    # Links for helpers: the token is the authority; it opens one request for sending and shows nothing else
    "send:page": "what is asked, and a box to send files",
    "send:create": "a file begins",
    "send:state": "how the check of a file stands",
    "send:sign": "where the next piece of a file goes",
    "send:complete": "a file is here",
    "send:abort": "a file is dropped",
    "send:group": "photos of one paper begin",
    "send:close_group": "their order is known",
    # Partners who follow a loan
    "partner:page": "the token is the authority; a borrower agreed to it; milestones and days of one loan",
    # Uploads
    "uploads:object": "the signed token is the authority; it names one object, one verb and an end",
}

# allauth marks its own views of signing in; these are the ones that must stay open.
PUBLIC_SIGN_IN: dict[str, str] = {
    "account_login": "sign in",
    "account_signup": "closed: says so",
    "account_logout": "sign out",
    "account_inactive": "the account is switched off",
    "account_confirm_email": "proves an address",
    "account_email_verification_sent": "proves an address",
    "account_confirm_login_code": "a code by e-mail",
    "account_reset_password": "a new password",
    "account_reset_password_done": "a new password",
    "account_reset_password_from_key": "a new password",
    "account_reset_password_from_key_done": "a new password",
    "mfa_authenticate": "the second factor",
    "mfa_login_webauthn": "a passkey",
}

# Only where DEMO is set; elsewhere the address does not exist.
PUBLIC_IN_DEMO: dict[str, str] = {"demo:become": "a visitor becomes one of the cast"}
