"""Addresses of people, departments, regions and groups."""

from django.urls import path

from accounts.api import endorsement, groups, handovers, views

urlpatterns = [
    path("me/", views.Me.as_view()),
    path("departments/", views.Departments.as_view()),
    path("departments/<int:pk>/", views.OneDepartment.as_view()),
    path("departments/<int:pk>/endorsement/", endorsement.SwitchEndorsement.as_view()),
    path("regions/", views.Regions.as_view()),
    path("groups/", groups.Groups.as_view()),
    path("handovers/", handovers.Handovers.as_view()),
    path("handovers/<int:pk>/end/", handovers.EndHandover.as_view()),
]
