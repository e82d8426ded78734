"""A chart block is drawn, or says in words what is wrong and where."""

import time

import pytest

from reports.rendering.figure import OVER
from reports.rendering.parts import ChartBlock, Found, Problem, SourceLine
from tests.reports.rendering.draw import RUN, drawn, page_of

FRONT = '---\nrunsets:\n  warm: {query: "tag:warmup", limit: 20}\n---\n'


def block(*lines: str) -> str:
    return "\n".join(["```chart", *lines, "```"])


def problem_of(*lines: str, front: str = "") -> Problem:
    (problem,) = drawn(f"{front}{block(*lines)}").problems
    return problem


def test_every_setting_is_read() -> None:
    source = FRONT + block(
        "id: c7k2",
        "kind: line",
        "runs: warm",
        "x: step",
        "y: val/loss",
        "group: config.warmup",
        "smooth: 0.6",
        "band: ci",
        "log: yes",
        "title: Loss",
        "caption: 'Longer: better'",
        "height: tall",
    )
    assert drawn(source).charts == (
        ChartBlock(
            id="c7k2",
            kind="line",
            query="tag:warmup",
            y="val/loss",
            limit=20,
            group="config.warmup",
            smooth=0.6,
            band="ci",
            log=True,
            title="Loss",
            caption="Longer: better",
            height="tall",
            line=5,
            number=1,
            found=Found((RUN,), 1),
        ),
    )


@pytest.mark.parametrize(("written", "band"), [("ci", "ci"), ("sd", "sd"), ("minmax", "minmax"), ("none", "")])
def test_a_band_is_an_interval_a_spread_or_the_extremes(written: str, band: str) -> None:
    assert [chart.band for chart in drawn(block("runs: tag:warmup", "y: loss", f"band: {written}")).charts] == [band]


def test_a_chart_may_be_over_time() -> None:
    charts = drawn("\n\n".join(block(f"id: a{i}", "runs: tag:warmup", f"x: {x}", "y: loss") for i, x in enumerate(OVER))).charts
    assert [chart.x for chart in charts] == list(OVER)


def test_a_query_stands_where_a_run_set_may() -> None:
    (chart,) = drawn(block("id: a", 'runs: group:"lr sweep" state:finished', "y: loss")).charts
    assert (chart.query, chart.limit) == ('group:"lr sweep" state:finished', 100)


def test_the_mistake_of_the_design() -> None:
    problem = problem_of("id: c9p1", "kind: line", "runs: warm", "smoth: 0.6", "y: val/loss", front=FRONT)
    assert problem == Problem(
        title="Chart c9p1, line 4: “smoth” is not a setting of a line chart.",
        text="Did you mean `smooth`? Settings are id, kind, runs, limit, x, y, group, smooth, band, "
        "log, title, caption, height.",
        lines=(
            SourceLine(2, "kind: line"),
            SourceLine(3, "runs: warm"),
            SourceLine(4, "smoth: 0.6", bad=True),
            SourceLine(5, "y: val/loss"),
        ),
        line=9,
    )


def test_the_red_block_has_a_link_for_who_may_mend_it_and_the_rest_stands() -> None:
    source = f"before\n\n{block('smoth: 1')}\n\nafter"
    html = page_of(source, edit_url="/m/d/reports/x/edit")
    assert "<p>before</p>" in html
    assert "<p>after</p>" in html
    assert 'href="/m/d/reports/x/edit?line=4#source"' in html
    assert "<b>1  smoth: 1</b>" in html
    assert "Show line" not in page_of(source)


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["y: a"], "Chart: `runs` is missing."),
        (["runs: a"], "Chart: `y` is missing."),
        (["runs: a", "y:"], "Chart, line 2: `y` is missing."),
        (["runs: a", "y: [b, c]"], "Chart, line 2: `y` takes one value, not a list."),
        (["kind: scatter", "runs: a", "y: b"], "Chart, line 1: “scatter” is not a kind of chart. Kinds are line."),
        (["runs: a", "y: b", "x: time"], "Chart, line 3: `x` is step or relative or wall, not “time”."),
        (["runs: a", "y: b", "smooth: 1.5"], "Chart, line 3: `smooth` is a number from 0 to 0.99, not “1.5”."),
        (["runs: a", "y: b", "smooth: nan"], "Chart, line 3: `smooth` is a number from 0 to 0.99, not “nan”."),
        (["runs: a", "y: b", "smooth: ٠"], "Chart, line 3: `smooth` is a number from 0 to 0.99, not “٠”."),
        (["runs: a", "y: b", "limit: 1_0"], "Chart, line 3: `limit` is a whole number from 1 to 100, not “1_0”."),
        (["runs: a", "y: b", "log: maybe"], "Chart, line 3: `log` is yes or no, not “maybe”."),
        (["runs: a", "y: b", "band: iqr"], "Chart, line 3: `band` is ci or sd or minmax or none, not “iqr”."),
        (
            ["runs: a", "y: b", "group: lr"],
            "Chart, line 3: `group` is config.<setting>, group, seed, state or job_type, not “lr”.",
        ),
        (["id: A B", "runs: a", "y: b"], "Chart, line 1: `id` is 1 to 32 of a-z, 0-9 and -, not “A B”."),
        (["runs: query:bad", "y: b"], "Chart, line 1: `query` is not a field of runs."),
        (["runs: a", "runs: b"], "Chart, line 2: “runs” is set twice."),
        (
            ["runs: *a"],
            "Chart, line 1: `&` and `*` (anchors and aliases) are not used here; quote the text if you mean the sign.",
        ),
        (
            ["runs: &a x", "y: *a"],
            "Chart, line 1: `&` and `*` (anchors and aliases) are not used here; quote the text if you mean the sign.",
        ),
        (["runs: !!str x"], "Chart, line 1: `!` (a type) is not used here; quote the text if you mean the sign."),
        (["- a", "- b"], "Chart, line 1: expected settings, one per line, like `y: val/loss`."),
        (["just words"], "Chart, line 1: expected settings, one per line, like `y: val/loss`."),
        (["a: b", "---", "c: d"], "Chart, line 2: `---` begins a second document; a block has one."),
        (["? [a]", ": b"], "Chart, line 1: a setting's name must be a word."),
    ],
)
def test_what_is_wrong_and_where(lines: list[str], title: str) -> None:
    assert problem_of(*lines).title == title


def test_yaml_that_cannot_be_read_names_the_line() -> None:
    problem = problem_of("id: c1", "runs: a", 'y: "open')
    assert problem.title.startswith("Chart, line ")
    assert any(line.bad for line in problem.lines)


def test_a_run_set_misspelt_is_told() -> None:
    problem = problem_of("id: a", "runs: warn", "y: b", front=FRONT)
    assert problem.title == "Chart a, line 2: there is no run set “warn”."
    assert problem.text == "Did you mean `warm`? To look for the word in run names, write `name:warn`."


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]",
        "a: " + "[" * 3_900,
        "a: " + "{a: " * 1_900,
        "\n".join(" " * depth + "a:" for depth in range(120)),
        "a: " + "x" * 9_000,
        "a: " + "1" * 5_000,
        "a: " + "190:20:30" * 500,
        "? " * 3_000,
        "a: '" + "'" * 7_000,
        "<<: {a: b}",
        "a: 2001-99-99",
        "%YAML 9.9\n---\na: b",
        "a: \x07",
    ],
)
def test_bombs_are_told_at_once(bomb: str) -> None:
    started = time.process_time()
    (problem,) = drawn(f"```chart\n{bomb}\n```").problems
    assert time.process_time() - started < 0.5
    assert problem.title.startswith("Chart")


def test_front_matter_says_what_is_wrong_with_it() -> None:
    rendered = drawn("---\nrunset:\n  warm: {query: a}\n---\n# T\n\ntext")
    assert rendered.problems[0].title == "Front matter, line 1: “runset” is not a setting of the front matter."
    assert rendered.problems[0].text == "Did you mean `runsets`? The only setting is runsets."
    assert rendered.problems[0].line == 2
    assert rendered.title == "T"


def test_one_bad_run_set_does_not_hide_the_others() -> None:
    rendered = drawn("---\nrunsets:\n  bad: 3\n  warm: {query: 'tag:w'}\n---\n" + block("id: a", "runs: warm", "y: b"))
    assert [problem.title for problem in rendered.problems] == ["Front matter, line 2: “bad” has no query."]
    assert [chart.query for chart in rendered.charts] == ["tag:w"]


def test_a_rule_at_the_top_without_an_end_is_no_front_matter() -> None:
    assert drawn("---\ntext").problems == ()
