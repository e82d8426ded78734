"""The report says what the runs show, whatever they show."""

import pytest

from stack.demo.report import report_text
from stack.demo.wording import answer, claim, comparison, divergence, guessing
from tests.stack.demo.outcomes import DEAD, FINE, HALF, HIGH, RESCUED, STUCK, Outcome, results, row

Pair = tuple[list[Outcome], list[Outcome]]
BETTER: list[Outcome] = [0.05, 0.06, 0.04]


@pytest.mark.parametrize(
    ("adam", "sgd", "said"),
    [
        (
            (STUCK, HALF),
            (DEAD, DEAD),
            "In part. With Adam none of three seeds learns without a ramp and two with one. With SGD none of three seeds "
            "learns, ramp or no ramp.",
        ),
        (
            ([0.5, 2.3, 300], RESCUED),
            (DEAD, RESCUED),
            "Yes. With Adam one of three seeds learns without a ramp and three with one. With SGD none of three seeds learns "
            "without a ramp and three with one.",
        ),
        (
            (RESCUED, HALF),
            (DEAD, DEAD),
            "No. With Adam three of three seeds learn without a ramp and two with one. With SGD none of three seeds learns, "
            "ramp or no ramp.",
        ),
        (
            (RESCUED, RESCUED),
            (RESCUED, RESCUED),
            "Nothing needed rescue. With Adam all three seeds learn, ramp or no ramp. With SGD all three seeds learn, "
            "ramp or no ramp.",
        ),
    ],
)
def test_the_answer_counts_who_learns(sgd: Pair, adam: Pair, said: str) -> None:
    lower = " But every seed at the lower rate, without any ramp, ends better than every seed at the high rate with one."
    assert answer(results(adam, sgd)) == said + lower


@pytest.mark.parametrize(
    ("sgd", "adam", "said"),
    [
        ((STUCK, [0.11, 0.5, 0.9]), (STUCK, RESCUED), "But on average the lower rate, without any ramp, ends better still."),
        ((STUCK, BETTER), (STUCK, RESCUED), "But with Adam the lower rate, without any ramp, ends better on average."),
        (
            (STUCK, BETTER),
            (STUCK, BETTER),
            "And with a ramp the high rate ends no worse on average than the ",
        ),
    ],
)
def test_the_lower_rate_is_praised_only_as_far_as_it_goes(sgd: Pair, adam: Pair, said: str) -> None:
    assert said in answer(results(adam, sgd))


@pytest.mark.parametrize(
    ("cold", "warm", "said"),
    [
        (FINE, FINE, "No seed diverged, with or without warm-up."),
        (DEAD, FINE, "Without warm-up three of three seeds diverged, at step 187, 254 and 278. With warm-up none did."),
        (FINE, [0.1, 230, 0.1], "Without warm-up no seed diverged. With it one of three seeds diverged, at step 230, "),
        (DEAD, [90, 0.1, 0.1], "Warm-up made this rarer and did not end it: one of three seeds diverged, at step 90, while "),
        ([90, 0.1, 0.1], DEAD, "Warm-up did not prevent it: three of three seeds diverged, at step 187, 254 and 278."),
    ],
)
def test_divergence_is_counted(cold: list[Outcome], warm: list[Outcome], said: str) -> None:
    assert said in divergence(row("adam", HIGH["adam"], 0, cold), row("adam", HIGH["adam"], 200, warm))


@pytest.mark.parametrize(
    ("cold", "warm", "said"),
    [
        (STUCK, RESCUED, "0.700 with warm-up and 2.280 without; the worst warmed seed is better than the best cold one."),
        (FINE, RESCUED, "0.700 with warm-up and 0.110 without; the worst cold seed is better than the best warmed one."),
        (FINE, FINE, "0.110 with warm-up and 0.110 without, and the seeds of both overlap."),
        (DEAD, FINE, "No seed without warm-up came to the end, so there are no losses to compare."),
        (DEAD, DEAD, "No seed came to the end."),
    ],
)
def test_losses_are_compared_only_where_there_are_some(cold: list[Outcome], warm: list[Outcome], said: str) -> None:
    assert comparison(row("sgd", HIGH["sgd"], 0, cold), row("sgd", HIGH["sgd"], 200, warm)).endswith(said)


def test_a_diverged_seed_is_worse_than_any_number() -> None:
    assert not row("sgd", HIGH["sgd"], 200, [0.1, 0.1, 300]).beats(row("sgd", HIGH["sgd"], 0, STUCK))
    assert row("sgd", HIGH["sgd"], 200, FINE).beats(row("sgd", HIGH["sgd"], 0, [2.2, 300, 300]))


def test_a_difference_in_the_last_digit_is_none() -> None:
    assert not row("adam", HIGH["adam"], 200, [0.5, 0.9, 2.306]).beats(row("adam", HIGH["adam"], 0, [2.308, 2.307, 2.308]))


def test_seeds_that_end_guessing_are_counted_and_their_fall_is_told() -> None:
    cold, warm = row("adam", HIGH["adam"], 0, STUCK), row("adam", HIGH["adam"], 200, HALF)
    assert (
        guessing(cold, cold)
        == "Three of three without a ramp and three of three with a ramp end where guessing is, at 2.3 nats."
    )
    assert guessing(cold, warm) == (
        "Three of three without a ramp and one of three with a ramp end where guessing is, at 2.3 nats. "
        "Not for want of a start: {run:adam-0.015-warm-s3} had been at 1.600 before falling back."
    )
    learnt = row("adam", HIGH["adam"], 0, RESCUED)
    assert guessing(learnt, learnt) == ""


@pytest.mark.parametrize(
    ("adam", "sgd", "finding"),
    [
        ((STUCK, HALF), (DEAD, DEAD), ("supported", "A learning rate that is too high is better lowered than warmed up.")),
        ((STUCK, BETTER), (DEAD, DEAD), ("hypothesis", "With SGD, a learning rate that is too high is better ")),
        ((STUCK, BETTER), (DEAD, BETTER), ("hypothesis", "Warm-up makes a learning rate that is too high as good as a lower ")),
    ],
)
def test_only_clear_seeds_support_a_finding(adam: Pair, sgd: Pair, finding: tuple[str, str]) -> None:
    status, sentence = claim(results(adam, sgd))
    assert status == finding[0]
    assert sentence.startswith(finding[1])


@pytest.mark.parametrize("adam", [(STUCK, HALF), (DEAD, DEAD), (FINE, STUCK), ([0.1, 90, 0.2], [2.2, 0.3, 400])])
@pytest.mark.parametrize("sgd", [(DEAD, DEAD), (FINE, FINE), ([2.1, 100, 90], [0.2, 0.3, 300])])
def test_every_outcome_makes_a_whole_report(adam: Pair, sgd: Pair) -> None:
    text = report_text(results(adam, sgd))
    assert "None" not in text
    assert "  " not in text.replace("\n  ", "\n")
    assert text.count("```chart") == 3
