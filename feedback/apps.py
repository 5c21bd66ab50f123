from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = _("Asking how it went")

    def ready(self) -> None:
        from feedback import handlers  # noqa: F401 - connects the receivers
