"""What an answer of the API says."""

from django.http import HttpResponse


def refusal(answer: HttpResponse) -> tuple[int, str]:
    words = answer.json()["error"]
    assert len(words["message"]) > 10
    return answer.status_code, words["code"]
