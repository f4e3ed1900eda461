"""Addresses of people and rights."""

from django.urls import path

from qingyuan.console.accounts.views import access, mine, people, rights

urlpatterns = [
    path("", people.people, name="people"),
    path("new/", people.person_new, name="person_new"),
    path("organisations/", people.organisations, name="organisations"),
    path("access/", access.matrix, name="access"),
    path("check/", access.check, name="rights_check"),
    path("log/", access.reads, name="reads"),
    path("me/", mine.me, name="me"),
    path("me/language/", mine.language, name="my_language"),
    path("me/sessions/end/", mine.end_sessions, name="sessions_end"),
    path("me/leave/", mine.leave, name="leave"),
    path("leave/<uuid:key>/end/", mine.end_leave, name="leave_end"),
    path("grants/<uuid:key>/revoke/", rights.grant_revoke, name="grant_revoke"),
    path("<uuid:pseudonym>/", people.person, name="person"),
    path("<uuid:pseudonym>/grant/", rights.grant_new, name="grant_new"),
    path("<uuid:pseudonym>/active/", people.person_active, name="person_active"),
    path("<uuid:pseudonym>/password/", people.person_password, name="person_password"),
]
