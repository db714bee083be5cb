from django.urls import path

from accounts import views

urlpatterns = [
    path("claim/", views.claim, name="claim_guest"),
    path("sessions/", views.signed_in, name="signed_in"),
    path("name/", views.change_name, name="change_name"),
]
