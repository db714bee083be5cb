"""What a posted form says about each question."""

from django.http import QueryDict

from quizzes.forms import response, responses


def test_a_form_about_one_question() -> None:
    assert response(QueryDict("choice=aaaaaa&choice=bbbbbb")) == ["aaaaaa", "bbbbbb"]
    assert response(QueryDict("choice=0.25")) == ["0.25"]
    assert response(QueryDict("")) == []


def test_a_question_that_is_not_on_the_page_is_left_out() -> None:
    posted = QueryDict(
        "choice-1=aaaaaa&asked-2=1&asked-3=1&choice-3=a&choice-3=b&choice-5=&choice-9=x"
    )
    assert responses(posted, range(1, 6)) == {
        1: ["aaaaaa"],
        2: [],
        3: ["a", "b"],
        5: [""],
    }
