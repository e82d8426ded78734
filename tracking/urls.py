"""Pages of runs. Fixed words come before slugs; see config/urls.py for what comes before these."""

from django.urls import path

from tracking.views import bin, export, frame, home, image, project, pulse, run, run_image, run_list, tag

app_name = "tracking"

RUN = "<slug:team>/<slug:project>/runs/<str:run>"

urlpatterns = [
    path("<slug:team>/", home.team_home, name="team-home"),
    path("<slug:team>/projects/new", project.project_create, name="project-create"),
    path("<slug:team>/<slug:project>/", project.project_door, name="project-detail"),
    path("<slug:team>/<slug:project>/runs", run_list.run_list, name="run-list"),
    path("<slug:team>/<slug:project>/runs/tags", tag.tag_many, name="run-list-tags"),
    path("<slug:team>/<slug:project>/frame", frame.project_frame, name="project-frame"),
    path("<slug:team>/<slug:project>/frame.csv", frame.project_frame_csv, name="project-frame-csv"),
    path("<slug:team>/<slug:project>/history.csv", export.project_history_csv, name="project-history-csv"),
    path("<slug:team>/<slug:project>/history.parquet", export.project_history_parquet, name="project-history-parquet"),
    path("<slug:team>/<slug:project>/pulse", pulse.project_pulse, name="project-pulse"),
    path("<slug:team>/<slug:project>/bin", bin.bin_list, name="bin"),
    path("<slug:team>/<slug:project>/bin/<str:binned>/restore", bin.run_restore, name="run-restore"),
    path("<slug:team>/<slug:project>/bin/<str:binned>/purge", bin.run_purge, name="run-purge"),
    path(RUN, run.run_detail, name="run-detail"),
    path(f"{RUN}/frame", frame.run_frame, name="run-frame"),
    path(f"{RUN}/frame.csv", frame.run_frame_csv, name="run-frame-csv"),
    path(f"{RUN}/history.csv", export.run_history_csv, name="run-history-csv"),
    path(f"{RUN}/history.parquet", export.run_history_parquet, name="run-history-parquet"),
    path(f"{RUN}/media/<str:digest>.png", image.run_image, name="run-image"),
    path(f"{RUN}/images", run_image.run_images, name="run-images"),
    path(f"{RUN}/tags", tag.run_tags, name="run-tags"),
    path(f"{RUN}/notes", run.run_notes, name="run-notes"),
    path(f"{RUN}/name", run.run_name, name="run-name"),
    path(f"{RUN}/delete", bin.run_delete, name="run-delete"),
]
