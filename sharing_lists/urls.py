"""Addresses of deliveries, logs, keys, promises and requests."""

from django.urls import path

from sharing_lists.views import deliveries, keys, logs, requests, rules

app_name = "sharing_lists"
urlpatterns = [
    path("deliveries/", deliveries.index, name="deliveries"),
    path("obligations/<int:pk>/deliveries/", deliveries.record, name="record-delivery"),
    path("deliveries/<int:pk>/take-back/", deliveries.take_back, name="take-back-delivery"),
    path("promises/items/<int:pk>/", deliveries.keep_promise, name="keep-promise"),
    path("promises/rules/", rules.index, name="rules"),
    path("requests/", requests.index, name="requests"),
    path("requests/<int:pk>/reply/", requests.reply, name="request-reply"),
    path("requests/<int:pk>/extend/", requests.extend, name="request-extend"),
    path("requests/<int:pk>/deliver/", requests.deliver, name="request-deliver"),
    path("requests/<int:pk>/correct/", requests.correct, name="request-correct"),
    path("requests/<int:pk>/take-back/", requests.take_back, name="request-take-back"),
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
