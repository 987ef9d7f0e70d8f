"""Addresses of accounts, departments, groups and the audit log."""

from django.urls import path

from accounts.views import (
    audit,
    departments,
    endorsement,
    grants,
    groups,
    handovers,
    own,
    people,
)

app_name = "accounts"
urlpatterns = [
    path("own/tokens/", own.own_tokens, name="tokens"),
    path("own/tokens/<int:pk>/revoke/", own.revoke_token, name="revoke-token"),
    path("own/deputies/", handovers.deputies, name="deputies"),
    path("own/deputies/stop/", handovers.stop, name="stop-acting"),
    path("own/deputies/<int:pk>/act/", handovers.act, name="act-for"),
    path("own/deputies/<int:pk>/end/", handovers.end, name="end-handover"),
    path("groups/", groups.groups_list, name="groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/names/", groups.add_name, name="group-names"),
    path("groups/<int:pk>/names/<int:name>/drop/", groups.drop_name, name="group-drop-name"),
    path("groups/<int:pk>/members/", groups.add_members, name="group-members"),
    path("groups/<int:pk>/members/<int:member>/end/", groups.end_member, name="group-end-member"),
    path("endorsement/", endorsement.index, name="endorsement"),
    path("endorsement/<int:pk>/", endorsement.switch, name="switch-endorsement"),
    path("administration/accounts/", people.people_list, name="people"),
    path("administration/accounts/new/", people.new_account, name="new-account"),
    path("administration/accounts/<int:pk>/", people.account, name="account"),
    path("administration/accounts/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("administration/accounts/<int:pk>/activate/", people.activate, name="activate"),
    path("administration/departments/", departments.departments_list, name="departments"),
    path("administration/departments/upload/", departments.upload, name="upload-departments"),
    path("administration/departments/<int:pk>/", departments.department, name="department"),
    path("administration/departments/<int:pk>/rename/", departments.rename, name="rename"),
    path("administration/roles/", grants.grants_list, name="grants"),
    path("administration/roles/<int:pk>/", grants.grant, name="grant"),
    path("administration/roles/<int:pk>/password/", grants.reset_password, name="reset-password"),
    path("administration/roles/<int:pk>/unlock/", grants.unlock, name="unlock"),
    path("administration/audit/", audit.audit_page, name="audit"),
    path("administration/audit/export.csv", audit.export, name="audit-export"),
]
