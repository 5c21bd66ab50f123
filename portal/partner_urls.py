"""The page of a partner who follows a loan. The token in the address is the authority (`views/partner.py`)."""

from django.urls import path

from portal.views import partner

app_name = "partner"
urlpatterns = [path("<slug:token>/", partner.page, name="page")]
