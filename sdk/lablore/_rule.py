"""What `define_metric` may say of a metric, by docs/wire.md."""

from lablore._values import key_problem

GOALS = {"min": "minimize", "max": "maximize"}  # what some say for them
_CHOICES = {"goal": ("minimize", "maximize"), "summary": ("min", "max", "last", "mean")}


def rule_problem(rule: dict[str, str | None]) -> str:
    """Why a rule (key, goal, summary, step_metric) is none, "" when it is one."""
    for word in ("key", "step_metric"):
        name = rule[word]
        if name is None and word == "step_metric":
            continue
        if not isinstance(name, str):
            return f"the name of a metric is text, not {type(name).__name__}"
        if problem := key_problem(name):
            return problem
        if "*" in (name[:-1] if word == "key" else name):
            return f"a * stands at the end of the name that a rule is for and nowhere else, not as in {word} {name!r}"
    for word, choices in _CHOICES.items():
        if rule[word] is not None and rule[word] not in choices:
            return f"{word} is one of {', '.join(choices)}, not {rule[word]!r}"
    return ""
