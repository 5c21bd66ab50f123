"""What anybody may open, and what machines ask."""

from django.urls import path

from portal.views import guides, health, officers, process, public, rates, reviews, settled, surveys

app_name = "public"
urlpatterns = [
    path("", public.front, name="front"),
    path("process/", process.process, name="process"),
    path("process/ready/", process.what_to_have_ready, name="ready"),
    path("process/glossary/", process.glossary, name="glossary"),
    path("process/calls/", process.strangers, name="strangers"),
    path("process/wire/", process.wire, name="wire"),
    path("officers/", officers.officers, name="officers"),
    path("officers/<slug:slug>/", officers.officer, name="officer"),
    path("officers/<slug:slug>/reviews/", reviews.of_officer, name="officer_reviews"),
    path("officers/<slug:slug>/contact.vcf", officers.officer_card, name="officer_card"),
    path("rates/", rates.rates, name="rates"),
    path("rates/feed.json", rates.feed, name="rates_feed"),
    path("rates/payment/", rates.payment, name="payment"),
    path("rates/payment/pdf/", rates.payment_pdf, name="payment_pdf"),
    path("rates/affordability/", rates.affordability, name="affordability"),
    path("guides/", guides.guide_list, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("guides/<slug:slug>/pdf/", guides.guide_pdf, name="guide_pdf"),
    path("guides/<slug:slug>/by-mail/", guides.guide_mail, name="guide_mail"),
    path("guides/<slug:slug>/sent/", guides.guide_sent, name="guide_sent"),
    path("settled/<str:token>/", settled.settled, name="settled"),
    path("answer/<str:token>/", surveys.answer, name="answer"),
    path("answer/<str:token>/take-back/", surveys.withdraw, name="answer_withdraw"),
    path("from/<str:token>/", surveys.friend, name="friend"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("media/<path:path>", public.media, name="media"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
