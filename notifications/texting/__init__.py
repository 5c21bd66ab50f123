"""
Text messages both ways: who carries them (`providers`), how what comes in is read (`keywords`), whose it is
(`senders`), what is done about it (`inbound`, `acting`, `opting`), what a person must decide (`deciding`), the pictures
that come along (`pictures`), the thread as the desk sees it (`threads`), and what providers call (`webhooks`).
"""
