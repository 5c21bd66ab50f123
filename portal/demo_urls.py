"""Addresses of the demonstration alone; `portal/urls.py` includes them only when DEMO is set."""

from django.urls import path

from portal.views.demo_signin import become

app_name = "demo"
urlpatterns = [path("demo/become/", become, name="become")]
