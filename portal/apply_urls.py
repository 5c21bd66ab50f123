"""Applying for a loan."""

from django.urls import path

from loans.views import apply
from portal.views import arrived

app_name = "apply"
urlpatterns = [
    path("", apply.start, name="start"),
    path("step/<slug:step>/", apply.step, name="step"),
    path("prove/", apply.prove, name="prove"),
    path("leave/", apply.leave, name="leave"),
    path("arrived/", arrived.arrived, name="arrived"),
    path("resume/<str:token>/", apply.resume, name="resume"),
    path("<slug:slug>/", apply.with_officer, name="with"),
]
