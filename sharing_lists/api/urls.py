"""Addresses of deliveries, promises, receipts, requests and logs."""

from django.urls import path

from sharing_lists.api import deliveries, logs, receipts, requests

urlpatterns = [
    path("receipts/", receipts.Receipts.as_view(), name="receipts"),
    path("obligations/<int:pk>/deliveries/", deliveries.DeliveriesOfObligation.as_view()),
    path("deliveries/<int:pk>/take_back/", deliveries.TakeBackDelivery.as_view()),
    path("obligations/<int:pk>/promise/", deliveries.PromiseOfObligation.as_view()),
    path("data_requests/", requests.Requests.as_view()),
    path("data_requests/<int:pk>/", requests.OneRequest.as_view()),
    path("data_requests/<int:pk>/reply/", requests.ReplyToRequest.as_view()),
    path("data_requests/<int:pk>/extend/", requests.ExtendRequest.as_view()),
    path("data_requests/<int:pk>/deliver/", requests.DeliverRequest.as_view()),
    path("data_requests/<int:pk>/correct/", requests.CorrectRequest.as_view()),
    path("data_requests/<int:pk>/take_back/", requests.TakeBackRequest.as_view()),
    path("delivery_logs/", logs.Logs.as_view()),
    path("delivery_logs/<int:pk>/", logs.OneLog.as_view()),
    path("delivery_logs/<int:pk>/read/", logs.ReadLog.as_view()),
    path("delivery_logs/<int:pk>/apply/", logs.ApplyLog.as_view()),
    path("delivery_logs/<int:pk>/discard/", logs.DiscardLog.as_view()),
]
