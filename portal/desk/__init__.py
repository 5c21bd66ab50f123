"""
What the officer's desk reads, beside its views: `lists` pages by keyset, `listing` which loans a list holds and
`columns` what stands in it, `gathering` and `around` what stands around one loan, `mails` its messages.

Forms, the day and the timeline read here too; nothing here knows a request or a template.
"""
