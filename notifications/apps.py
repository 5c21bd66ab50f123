from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from feedback.figures.table import add_figure
        from notifications import handlers  # noqa: F401 - connects the receivers
        from notifications.reminders.counted import REMINDERS

        add_figure(REMINDERS)
