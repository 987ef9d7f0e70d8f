"""Addresses of deliveries, logs, keys and promises."""

from django.urls import path

from sharing_lists.views import deliveries, keys, logs, rules

app_name = "sharing_lists"
urlpatterns = [
    path("deliveries/", deliveries.index, name="deliveries"),
    path("obligations/<int:pk>/deliveries/", deliveries.record, name="record-delivery"),
    path("deliveries/<int:pk>/take-back/", deliveries.take_back, name="take-back-delivery"),
    path("promises/items/<int:pk>/", deliveries.keep_promise, name="keep-promise"),
    path("promises/rules/", rules.index, name="rules"),
    path("deliveries/keys/", keys.index, name="keys"),
    path("deliveries/keys/<int:pk>/rotate/", keys.rotate, name="key-rotate"),
    path("deliveries/keys/<int:pk>/revoke/", keys.revoke, name="key-revoke"),
    path("deliveries/logs/", logs.index, name="logs"),
    path("deliveries/logs/upload/", logs.upload, name="log-new"),
    path("deliveries/logs/inbox/", logs.look_into_inbox, name="log-inbox"),
    path("deliveries/logs/match/", logs.match_again, name="log-match"),
    path("deliveries/logs/<int:pk>/", logs.detail, name="log"),
    path("deliveries/logs/<int:pk>/state/", logs.state, name="log-state"),
    path("deliveries/logs/<int:pk>/columns/", logs.columns, name="log-columns"),
    path("deliveries/logs/<int:pk>/confirm/", logs.confirm, name="log-confirm"),
    path("deliveries/logs/<int:pk>/discard/", logs.discard, name="log-discard"),
]
