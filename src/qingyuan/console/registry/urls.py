"""Addresses of the registry."""

from django.urls import path

from qingyuan.console.registry import change, coordinates, dossier, exporting, history, imports, outlines, pages

urlpatterns = [
    path("", pages.overview, name="registry"),
    path("coordinates/", coordinates.page, name="registry_coordinates"),
    path("coordinates/sites.geojson", coordinates.points, name="registry_coordinates_points"),
    path("import/", imports.upload, name="registry_import"),
    path("import/<uuid:key>/", imports.draft, name="registry_draft"),
    path("parks/<str:name>/outline.geojson", outlines.outline, name="registry_outline"),
    path("new/<str:kind>/", change.new, name="registry_new"),
    path("entry/<str:kind>/<str:name>/", history.entry, name="registry_entry"),
    path("entry/<str:kind>/<str:name>/change/", change.change, name="registry_change"),
    path("organisations/<str:name>/", dossier.dossier, name="registry_dossier"),
    path("<str:listing>/", pages.entries, name="registry_list"),
    path("<str:listing>/export.<str:form>", exporting.export, name="registry_export"),
]
