"""
What beat wakes, in seconds. Intervals only, so that clock changes do not matter. Two beats at once are harmless: every
task claims its rows. A hint that nobody took in time expires before the next one comes.
"""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 15, "options": {"expires": 14}},
    "notifications-plan": {"task": "notifications.plan", "schedule": 300, "options": {"expires": 290}},
    "notifications-reconcile": {
        "task": "notifications.reconcile",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "notifications-purge": {"task": "notifications.purge", "schedule": 86400, "options": {"expires": 3600}},
    "notifications-texts": {"task": "notifications.read_texts", "schedule": 30, "options": {"expires": 29}},
    "notifications-mails": {"task": "notifications.read_mails", "schedule": 30, "options": {"expires": 29}},
    "documents-sweep": {"task": "documents.sweep", "schedule": 15, "options": {"expires": 14}},
    "documents-scanner": {
        "task": "documents.test_scanner",
        "schedule": 600,
        "options": {"expires": 590},
    },
    # Done once a day: the first of these after midnight on the company's clock.
    "documents-dispose": {"task": "documents.dispose", "schedule": 3600, "options": {"expires": 3500}},
    "loans-clocks": {"task": "loans.run_clocks", "schedule": 300, "options": {"expires": 290}},
    "loans-words": {"task": "loans.keep_words", "schedule": 3600, "options": {"expires": 3500}},
    "loans-quiet": {"task": "loans.watch_quiet_files", "schedule": 3600, "options": {"expires": 3500}},
    "loans-usual-days": {"task": "loans.count_usual_days", "schedule": 86400, "options": {"expires": 3600}},
    "loans-tables": {"task": "loans.bring_tables_over", "schedule": 30, "options": {"expires": 29}},
    "loans-imports": {"task": "loans.tidy_imports", "schedule": 86400, "options": {"expires": 3600}},
    "conversations-clocks": {
        "task": "conversations.run_clocks",
        "schedule": 300,
        "options": {"expires": 290},
    },
    "conversations-figures": {
        "task": "conversations.keep_figures",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "leads-clocks": {"task": "leads.run_clocks", "schedule": 300, "options": {"expires": 290}},
    "feedback-experience": {
        "task": "feedback.count_experience",
        "schedule": 3600,
        "options": {"expires": 3500},
    },
    "audit-seal": {"task": "audit.seal", "schedule": 5, "options": {"expires": 4}},
    "accounts-tidy": {"task": "accounts.tidy", "schedule": 86400, "options": {"expires": 3600}},
}
