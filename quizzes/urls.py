from django.urls import path

from quizzes import views, views_data, views_me, views_practice, views_result, views_review
from quizzes.uncounted import tell_uncounted

urlpatterns = [
    path("learn/<slug:slug>/practice/<int:number>/", views_practice.practice, name="practice"),
    path("learn/<slug:slug>/test/", views.test, name="test"),
    path("learn/<slug:slug>/<slug:mode>/check/", views_practice.check_inline, name="check_inline"),
    path("attempts/<uuid:attempt_id>/", tell_uncounted(views.attempt), name="attempt"),
    path("attempts/<uuid:attempt_id>/finish/", tell_uncounted(views.finish), name="finish"),
    path("attempts/<uuid:attempt_id>/result/", views_result.result, name="result"),
    path("attempts/<uuid:attempt_id>/train/", views_result.train, name="train"),
    path("learn/<slug:slug>/<slug:mode>/read/", views_me.mark_read, name="mark_read"),
    path("me/", views_me.me, name="me"),
    path("me/attempts/", views_me.my_attempts, name="my_attempts"),
    path("me/runs/", views_me.my_runs, name="my_runs"),
    path("me/review/", views_review.review, name="review"),
    path("me/review/<int:card_id>/", views_review.card, name="card"),
    path("me/review/<int:card_id>/rate/", views_review.rate, name="rate"),
    path("me/data/", views_data.my_data, name="my_data"),
    path("me/delete/", views_data.forget_me, name="forget_me"),
    path("me/guest/delete/", views_data.forget_guest, name="forget_guest"),
]
