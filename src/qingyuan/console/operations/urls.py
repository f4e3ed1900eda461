"""Addresses of gateway, telegrams and ledgers."""

from django.urls import path

from qingyuan.console.operations import evidence, gateway, inspector

urlpatterns = [
    path("telegrams/", inspector.inspector, name="inspector"),
    path("telegrams/<str:site>/", inspector.of_site, name="site_telegrams"),
    path("telegrams/<str:ledger>/<int:leaf>/", inspector.stored, name="telegram"),
    path("gateway/", gateway.gateway, name="gateway"),
    path("gateway/registered/", gateway.admitted, name="admitted"),
    path("gateway/unknown/<str:mn>/", gateway.admit, name="admit"),
    path("gateway/waiting/<str:mn>/", gateway.take_in, name="take_in"),
    path("evidence/", evidence.ledgers, name="ledgers"),
    path("evidence/check/", evidence.verify_drop, name="verify_drop"),
    path("evidence/verify_bundle.py", evidence.verifier, name="verifier"),
    path("evidence/verify/", evidence.verify, name="verify"),
    path("evidence/verifications/", evidence.verify_runs, name="verify_runs"),
    path("evidence/verifications/<int:run>/", evidence.verify_run, name="verify_run"),
    path("evidence/publications/", evidence.publications, name="publications"),
    path("evidence/publications/<int:leaf>/", evidence.publication, name="publication"),
    path("evidence/ledgers/<str:ledger>/", evidence.leaves, name="leaves"),
    path("evidence/ledgers/<str:ledger>/<int:leaf>/", evidence.leaf, name="leaf"),
    path("evidence/ledgers/<str:ledger>/<int:leaf>/proof", evidence.leaf_proof, name="leaf_proof"),
]
