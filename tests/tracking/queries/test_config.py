"""Configs as flat facts."""

from tracking.queries.config import FACTS, differing, facts_in, value_at


def test_nested_keys_are_paths_and_lists_are_values() -> None:
    config = {"a": {"b": 1, "c": {}}, "d": [1, {"e": 2}], "x.y": 3}
    assert facts_in(config) == {("a", "b"): 1, ("a", "c"): {}, ("d",): [1, {"e": 2}], ("x.y",): 3}
    assert len(facts_in({str(i): i for i in range(FACTS * 2)})) == FACTS


def test_a_dotted_key_finds_its_value_wherever_the_dots_belong() -> None:
    config = {"a": {"b.c": 1, "d": {"e": 2}}, "x.y": 3}
    assert [value_at(config, key) for key in ("a.b.c", "a.d.e", "x.y", "a.d", "nothing")] == [1, 2, 3, None, None]


def test_what_differs_is_what_has_two_values_or_is_missing_somewhere() -> None:
    assert differing([{"lr": 1, "same": 1, "only": 1}, {"lr": 2, "same": 1}, {}], 9) == [("lr",), ("only",)]
    assert differing([{"n": 1}, {"n": 1.5}, {"n": True}], 9) == [("n",)]
    assert differing([{"n": [1, 2]}, {"n": [1, 2]}], 9) == []
    assert differing([{"a": 1, "b": 1}, {"a": 2, "b": 2}], 1) == [("a",)]
