"""The product's settings, with one stage whose message must never go out twice, so that a run shows both policies."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.holding.Holding"]
