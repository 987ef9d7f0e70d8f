"""Addresses of docking below /api/v1/."""

from django.urls import path

from docking.api import endpoints, hosts, obligations

urlpatterns = [
    path("docking/plan_default/", obligations.PlanAllByDefault.as_view()),
    path("docking/obligations/<int:pk>/", obligations.OneDocked.as_view()),
    path("docking/obligations/<int:pk>/plan/", obligations.PlanMilestones.as_view()),
    path("docking/obligations/<int:pk>/plan_default/", obligations.PlanByDefault.as_view()),
    path("docking/obligations/<int:pk>/reach/", obligations.ReachMilestone.as_view()),
    path("docking/obligations/<int:pk>/endpoints/", obligations.EndpointsOfObligation.as_view()),
    path("docking/endpoints/", endpoints.Endpoints.as_view()),
    path("docking/endpoints/<int:pk>/", endpoints.OneEndpoint.as_view()),
    path("docking/endpoints/<int:pk>/retire/", endpoints.RetireEndpoint.as_view()),
    path("docking/endpoints/<int:pk>/results/", endpoints.Results.as_view()),
    path("docking/hosts/", hosts.Hosts.as_view()),
    path("docking/hosts/<int:pk>/withdraw/", hosts.WithdrawHost.as_view()),
    path("docking/maintenance/", hosts.Windows.as_view()),
    path("docking/maintenance/<int:pk>/end/", hosts.EndWindow.as_view()),
]
