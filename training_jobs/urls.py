from django.urls import path

from training_jobs import views

urlpatterns = [
    path("experiments/<slug:slug>/", views.experiment, name="experiment"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/events", views.recorded_events, name="run_events"),
    path("runs/<uuid:run_id>.json", views.snapshot, name="run_snapshot"),
    path("runs/<uuid:run_id>/cancel/", views.cancel, name="cancel_run"),
]
