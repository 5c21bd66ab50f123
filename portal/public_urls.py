"""What anybody may open, and what machines ask."""

from django.urls import path

from portal.views import guides, health, public, settled

app_name = "public"
urlpatterns = [
    path("", public.front, name="front"),
    path("process/", public.process, name="process"),
    path("officers/", public.officers, name="officers"),
    path("officers/<slug:slug>/", public.officer, name="officer"),
    path("guides/", guides.guide_list, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("settled/<str:token>/", settled.settled, name="settled"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("robots.txt", public.robots, name="robots"),
    path("media/<path:path>", public.media, name="media"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
