from django.urls import path

from quizzes import views, views_data

urlpatterns = [
    path("learn/<slug:slug>/practice/<int:number>/", views.practice, name="practice"),
    path("learn/<slug:slug>/test/", views.test, name="test"),
    path("learn/<slug:slug>/<slug:mode>/check/", views.check_inline, name="check_inline"),
    path("attempts/<uuid:attempt_id>/", views.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/finish/", views.finish, name="finish"),
    path("attempts/<uuid:attempt_id>/result/", views.result, name="result"),
    path("me/", views.me, name="me"),
    path("me/data/", views_data.my_data, name="my_data"),
    path("me/delete/", views_data.forget_me, name="forget_me"),
]
