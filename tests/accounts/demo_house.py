"""The addresses of the house as they are on the demo."""

from django.conf import settings
from django.urls import include, path

from portal.urls import urlpatterns as _house

urlpatterns = [*_house, path("", include("portal.demo_urls"))]
assert settings.DEMO
