"""The JSON API, version 1. `api:` names; every refusal has the shape of kit/api_errors.py, also that of an unknown address."""

from django.urls import path, re_path

from tracking.api import batch, export, heartbeat, history, me, nothing, run, schema, series

app_name = "api"

urlpatterns = [
    path("schema", schema.openapi, name="schema"),
    path("me", me.me, name="me"),
    path("runs", run.runs, name="run-list"),
    path("runs/<str:run>", run.run_detail, name="run-detail"),
    path("runs/<str:run>/series", series.run_series, name="run-series"),
    path("runs/<str:run>/history", history.history, name="run-history"),
    path("runs/<str:run>/history.csv", export.run_history_csv, name="run-history-csv"),
    path("runs/<str:run>/history.parquet", export.run_history_parquet, name="run-history-parquet"),
    path("runs/<str:run>/heartbeat", heartbeat.heartbeat, name="run-heartbeat"),
    path("runs/<str:run>/batches/<str:writer>/<int:seq>", batch.batch, name="run-batch"),
    path("projects/<slug:team>/<slug:project>/history.csv", export.project_history_csv, name="project-history-csv"),
    path("projects/<slug:team>/<slug:project>/history.parquet", export.project_history_parquet, name="project-history-parquet"),
    re_path(r"^.*$", nothing.nothing_here, name="nothing"),
]
