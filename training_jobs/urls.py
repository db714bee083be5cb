from django.urls import path

from training_jobs import views, views_compare, views_downloads

urlpatterns = [
    path("experiments/<slug:slug>/", views.experiment, name="experiment"),
    path("experiments/<slug:slug>/race/", views_compare.race, name="race"),
    path("experiments/<slug:slug>/sweep/", views_compare.start_sweep, name="start_sweep"),
    path("runs/compare/", views_compare.compare, name="compare_runs"),
    path("runs/compare.json", views_compare.curves, name="compare_curves"),
    path("runs/sweep/<uuid:group>/", views_compare.sweep, name="sweep"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/events", views.recorded_events, name="run_events"),
    path("runs/<uuid:run_id>.json", views.snapshot, name="run_snapshot"),
    path("runs/<uuid:run_id>/cancel/", views.cancel, name="cancel_run"),
    path("runs/<uuid:run_id>/repeat/", views_compare.repeat, name="repeat_run"),
    path("runs/<uuid:run_id>/history.csv", views_downloads.history_csv, name="history_csv"),
    path("runs/<uuid:run_id>/history.json", views_downloads.history_json, name="history_json"),
    path("runs/<uuid:run_id>/script.py", views_downloads.script, name="run_script"),
    path("runs/<uuid:run_id>/model.keras", views_downloads.model, name="run_model"),
]
