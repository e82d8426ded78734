"""The report says what the runs show, whatever they show."""

import pytest

from stack.demo.report import report_text
from stack.demo.wording import answer, claim, comparison, divergence, guessing
from tests.stack.demo.outcomes import DEAD, FINE, HIGH, RESCUED, STUCK, Outcome, results, row

Pair = tuple[list[Outcome], list[Outcome]]


@pytest.mark.parametrize(
    ("adam", "sgd", "first"),
    [
        ((STUCK, RESCUED), (DEAD, DEAD), "It does for Adam and not for SGD with momentum."),
        ((STUCK, STUCK), (DEAD, RESCUED), "It does for SGD with momentum and not for Adam."),
        ((STUCK, RESCUED), (DEAD, RESCUED), "Yes, for both optimisers"),
        ((STUCK, STUCK), (DEAD, DEAD), "Not in these runs"),
        ((FINE, STUCK), (FINE, DEAD), "Not in these runs"),
    ],
)
def test_the_answer_follows_the_runs(adam: Pair, sgd: Pair, first: str) -> None:
    said = answer(results(adam, sgd))
    assert said.startswith(first)
    assert said.endswith("Lower the rate first.")


def test_a_high_rate_that_is_as_good_as_the_low_one_is_not_talked_down() -> None:
    better: list[Outcome] = [0.05, 0.06, 0.04]
    said = answer(results((STUCK, better), (DEAD, better)))
    assert said == (
        "Yes, for both optimisers: 200 steps of warm-up make a rate that is too high usable. "
        "And with it the high rate does no worse than the lower one without."
    )


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


def test_runs_that_only_guess_are_named() -> None:
    cold, warm = row("adam", HIGH["adam"], 0, STUCK), row("adam", HIGH["adam"], 200, RESCUED)
    assert guessing(cold, warm) == "Three of three without it never got below 2 nats, where guessing is 2.303."
    assert guessing(warm, warm) == ""


@pytest.mark.parametrize(
    ("adam", "sgd", "status"),
    [
        ((STUCK, RESCUED), (DEAD, DEAD), "supported"),
        ((STUCK, RESCUED), (DEAD, RESCUED), "supported"),
        ((STUCK, RESCUED), (FINE, FINE), "hypothesis"),
        ((FINE, RESCUED), (DEAD, DEAD), "hypothesis"),
    ],
)
def test_only_clear_seeds_support_a_finding(adam: Pair, sgd: Pair, status: str) -> None:
    assert claim(results(adam, sgd))[0] == status


@pytest.mark.parametrize("adam", [(STUCK, RESCUED), (DEAD, DEAD), (FINE, STUCK), ([0.1, 90, 0.2], [2.2, 0.3, 400])])
@pytest.mark.parametrize("sgd", [(DEAD, DEAD), (FINE, FINE), ([2.1, 100, 90], [0.2, 0.3, 300])])
def test_every_outcome_makes_a_whole_report(adam: Pair, sgd: Pair) -> None:
    text = report_text(results(adam, sgd))
    assert "None" not in text
    assert "  " not in text.replace("\n  ", "\n")
    assert text.count("```chart") == 3
