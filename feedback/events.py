"""What happens in asking. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# survey: SurveyResponse. They answered; `survey.is_bad` says whether somebody must make it good.
survey_answered = Signal()

# review: Review. Somebody wrote one; with `published_at` everybody may read it.
review_written = Signal()
