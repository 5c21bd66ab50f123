"""
Providers of django-anymail, by configuration alone: EMAIL_PROVIDER names one of its backends, and every variable
ANYMAIL_… goes into its settings under the name that its documentation uses.
"""

import json
import pkgutil
import warnings
from collections.abc import Mapping
from typing import Any

from anymail import backends
from django.core.exceptions import ImproperlyConfigured
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

PREFIX = "ANYMAIL_"
OWN = {"base", "base_requests", "console", "test"}  # no providers
# boto3 waits for a minute and then sends once more by itself; both would outlive what we can vouch for.
AMAZON_SES = "AMAZON_SES_CLIENT_PARAMS"


def known_providers() -> list[str]:
    return sorted({module.name for module in pkgutil.iter_modules(backends.__path__)} - OWN)


def anymail_settings(environ: Mapping[str, str], *, timeout: int) -> dict[str, Any]:
    """What anymail reads as `settings.ANYMAIL`; lists, tables and switches are written as JSON."""
    ours: dict[str, Any] = {
        # A provider that cannot carry one of our marks still carries the message.
        "IGNORE_UNSUPPORTED_FEATURES": True,
        "REQUESTS_TIMEOUT": timeout,
        AMAZON_SES: {
            "config": {
                "connect_timeout": timeout, "read_timeout": timeout, "retries": {"total_max_attempts": 1},
            }
        },
    }  # fmt: skip
    theirs = {
        name.removeprefix(PREFIX): _value(text) for name, text in environ.items() if name.startswith(PREFIX)
    }
    chosen: dict[str, Any] = {**ours, **theirs}
    if isinstance(given := theirs.get(AMAZON_SES), dict):  # a region, say, leaves the times as they are
        config = {**ours[AMAZON_SES]["config"], **given.get("config", {})}
        chosen[AMAZON_SES] = {**given, "config": config}
    return chosen


def has_webhook(provider: str) -> bool:
    """Whether it tells us afterwards what became of a message."""
    return _webhook_of(provider) is not None


def brings_mail(provider: str) -> bool:
    """Whether it hands over what comes in."""
    return _webhook_of(provider, "inbound") is not None


def _webhook_of(provider: str, what: str = "tracking") -> Any:
    try:
        return resolve(f"/{provider}/{what}/", "anymail.urls").func
    except Resolver404:
        return None


def what_is_missing(provider: str) -> str:
    """What anymail says it cannot work without; empty when it is content. Nobody is called."""
    try:
        import_string(f"anymail.backends.{provider}.EmailBackend")()
        if webhook := _webhook_of(provider):
            with warnings.catch_warnings(action="ignore"):  # the missing secret is a fault of its own
                webhook.view_class()
    except (ImproperlyConfigured, ImportError, ValueError) as error:
        return str(error)
    return ""


def _value(text: str) -> Any:
    if text[:1] in ("{", "[") or text in ("true", "false"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
