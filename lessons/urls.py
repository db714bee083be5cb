from django.urls import path

from lessons import views

urlpatterns = [
    path("", views.home, name="home"),
    path("learn/<slug:slug>/", views.topic, name="topic"),
    path("learn/<slug:slug>/<slug:mode>/", views.lesson, name="lesson"),
]
