"""Addresses of the docking pages."""

from django.urls import path

from docking.views import endpoints, hosts, maintenance, obligation, overview

app_name = "docking"
urlpatterns = [
    path("", overview.index, name="list"),
    path("plan-default/", overview.plan_all, name="plan-all"),
    path("obligations/<int:pk>/", obligation.detail, name="obligation"),
    path("obligations/<int:pk>/panel/", obligation.panel, name="panel"),
    path("obligations/<int:pk>/plan/", obligation.plan, name="plan"),
    path("obligations/<int:pk>/plan-default/", obligation.plan_by_default, name="plan-default"),
    path("obligations/<int:pk>/reach/", obligation.reach, name="reach"),
    path("obligations/<int:pk>/take-back/", obligation.take_back, name="take-back"),
    path("obligations/<int:pk>/endpoints/", obligation.add_endpoint, name="endpoint-add"),
    path("obligations/<int:pk>/maintenance/", obligation.announce, name="announce"),
    path("endpoints/<int:pk>/", endpoints.detail, name="endpoint"),
    path("endpoints/<int:pk>/retire/", endpoints.retire, name="endpoint-retire"),
    path("maintenance/", maintenance.index, name="maintenance"),
    path("maintenance/<int:pk>/end/", maintenance.end, name="maintenance-end"),
    path("hosts/", hosts.index, name="hosts"),
    path("hosts/<int:pk>/withdraw/", hosts.withdraw, name="host-withdraw"),
    path("hosts/maintenance/", hosts.pause, name="pause"),
]
