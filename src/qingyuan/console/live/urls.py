"""Addresses of map, stations, figures and proofs."""

from django.urls import path

from qingyuan.console.live import cameras, charts, cuts, figures, places, sections, sites, start, station

urlpatterns = [
    path("", start.home, name="home"),
    path("map/", places.map_page, name="map"),
    path("map/sites.geojson", places.sites_geojson, name="sites_geojson"),
    path("sites/", sites.sites, name="sites"),
    path("sites/<str:name>/", station.station, name="site"),
    path("sites/<str:name>/chart/", charts.chart, name="chart"),
    path("sites/<str:name>/figures.csv", station.site_csv, name="site_csv"),
    path("sites/<str:name>/cameras/<int:picture>/", cameras.camera, name="camera"),
    path("sites/<str:site>/at/<str:name>/<int:start>/", figures.figure_at, name="figure_at"),
    path("figures/<path:figure>", figures.figure, name="figure"),
    path("bundles/<path:figure>", figures.bundle, name="bundle"),
    path("sections/", sections.sections, name="sections"),
    path("cuts/", cuts.cuts, name="cuts"),
]
