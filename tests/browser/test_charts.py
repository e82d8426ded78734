"""Charts drawn from real frames under the real policy; every tab is checked for errors and violations when its test ends."""

import math
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import stage
from tests.browser.conftest import Server
from tests.browser.frames import Curve, bad_of, frame_of

pytestmark = pytest.mark.urls(stage.__name__)

STEPS = [float(step) for step in range(0, 1000, 10)]
FALLING = [2 * math.exp(-step / 300) + 0.5 for step in STEPS]


def curves(n: int = 2) -> list[Curve]:
    return [
        Curve(name, STEPS, [value + 0.1 * i for value in FALLING], slot=i + 1)
        for i, name in enumerate(["adam", "sgd", "lion"][:n])
    ]


@pytest.fixture
def site(server: Server) -> str:
    """No database: these pages have nothing to ask it."""
    return server.address


@pytest.fixture(autouse=True)
def empty_stage() -> Iterator[None]:
    yield
    stage.frames.clear()
    stage.pulse.clear()
    stage.asked.clear()


def opened(page: Page, query: str = "") -> Page:
    stage.pulse.setdefault("project", 1)
    stage.pulse.setdefault("runs", {})
    page.goto(f"/stage/{query}")
    return page


def figure(page: Page, name: str = "one"):  # type: ignore[no-untyped-def]
    return page.locator(f"#chart-{name}")


def colours(page: Page, name: str = "one") -> set[str]:
    """Colours on the canvas, as "r,g,b" of opaque pixels."""
    return set(
        page.evaluate(
            """name => {
              const host = document.querySelector(`#chart-${name} .plot-canvas`).firstElementChild;
              const inside = root => [...root.querySelectorAll('*')].flatMap(e => e.shadowRoot ? find(e.shadowRoot) : []);
              const find = root => [...root.querySelectorAll('canvas'), ...inside(root)];
              const seen = new Set();
              for (const canvas of find(host.shadowRoot)) {
                if (!canvas.width) continue;
                const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
                copy.drawImage(canvas, 0, 0);
                const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
                for (let i = 0; i < data.length; i += 4) {
                  if (data[i + 3] === 255) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
                }
              }
              return [...seen];
            }""",
            name,
        )
    )


def until_without(page: Page, colour: str) -> set[str]:
    """Colours on the canvas once `colour` is gone from it (or 100 frames later)."""
    for _ in range(100):
        if colour not in colours(page):
            break
        page.evaluate("new Promise(requestAnimationFrame)")
    return colours(page)


RUN_1, RUN_2, BAD, DARK_RUN_1 = "47,91,194", "204,101,38", "176,42,32", "77,127,241"


def test_a_frame_is_drawn_with_each_run_in_its_colour(page: Page) -> None:
    stage.frames["one"] = frame_of(curves(), revision="7")
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "7")
    assert {RUN_1, RUN_2} <= colours(page)
    expect(figure(page).locator(".chart-foot")).to_contain_text("2 runs")
    expect(figure(page).locator(".chart-foot")).to_contain_text("every point shown")
    expect(figure(page).locator(".plot")).to_have_attribute("aria-label", re.compile("Lowest at the end: adam, 0.5738"))
    assert page.evaluate("Bokeh.documents.length") == 1


def test_nan_is_a_red_cross_with_its_step(page: Page) -> None:
    values = [math.nan if step > 500 else value for step, value in zip(STEPS, FALLING, strict=True)]
    stage.frames["one"] = frame_of([Curve("adam", STEPS, values, bad=bad_of(STEPS, values)[:20])])
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    assert BAD in colours(page)
    expect(figure(page).locator(".chart-foot")).to_contain_text("20 values not finite")


def test_no_red_where_all_is_finite(page: Page) -> None:
    stage.frames["one"] = frame_of(curves())
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    assert BAD not in colours(page)


def test_a_removed_chart_is_freed(page: Page) -> None:
    stage.frames |= {"one": frame_of(curves()), "two": frame_of(curves())}
    opened(page)
    expect(figure(page, "two")).to_have_attribute("data-drawn", "1")
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    assert page.evaluate("Bokeh.documents.length") == 2
    page.evaluate("document.querySelectorAll('figure').forEach(e => e.remove())")
    assert page.evaluate("new Promise(done => setTimeout(() => done([[...Bokeh.index].length, Bokeh.documents.length])))") == [
        0,
        0,
    ]


def test_the_theme_switch_draws_again_in_dark_colours(page: Page) -> None:
    stage.frames["one"] = frame_of(curves())
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert DARK_RUN_1 in until_without(page, RUN_1)
    assert RUN_1 not in colours(page)
    assert page.evaluate("[...Bokeh.index].filter(view => view.model.type === 'Figure').length") == 1
    assert page.evaluate("Bokeh.documents.length") == 1


def test_the_data_table_has_the_numbers(page: Page) -> None:
    stage.frames["one"] = frame_of(
        [Curve("adam", [0, 1, 2], [2.5, math.nan, -0.125]), Curve("sgd", [0, 2], [1e-5, math.inf], slot=2)], y_type="<f8"
    )
    opened(page)
    page.get_by_role("button", name="Data table").click()
    table = figure(page).locator("table")
    expect(table.locator("thead th")).to_have_text(["step", "adam", "sgd"])
    expect(table.locator("tbody tr")).to_have_count(3)
    assert table.locator("tbody td").all_text_contents() == ["0", "2.5", "1e-5", "1", "NaN", "–", "2", "−0.125", "Inf"]
    page.get_by_role("button", name="Data table").click()
    expect(table).to_have_count(0)


def test_hover_of_a_run_lights_it_in_the_chart_and_escape_lets_go(page: Page) -> None:
    stage.frames["one"] = frame_of(curves())
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    name = page.locator("p [data-name=adam]")
    name.hover()
    expect(name).to_have_attribute("data-lit", "")
    seen = until_without(page, RUN_2)
    assert RUN_1 in seen
    assert RUN_2 not in seen
    page.keyboard.press("Escape")
    expect(name).not_to_have_attribute("data-lit", "")


def test_the_tip_says_run_step_and_value(page: Page) -> None:
    stage.frames["one"] = frame_of([Curve("$$adam$$", [0, 10], [1.0, 1.0])])
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    box = figure(page).locator(".plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + (10 + box["height"] - 24) / 2)
    expect(figure(page).locator(".chart-tip")).to_have_text("$$adam$$step10val/loss1")


def test_a_chart_over_time_speaks_of_time(page: Page) -> None:
    stage.frames["one"] = frame_of([Curve("adam", [0, 5400, 7200], [3.0, 2.0, 1.0])], x_axis="relative")
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    expect(figure(page).locator(".plot")).to_have_attribute("aria-label", re.compile("from time 0 s to 2 h: adam ends at 1"))
    page.get_by_role("button", name="Data table").click()
    expect(figure(page).locator("thead th")).to_have_text(["time", "adam"])
    expect(figure(page).locator("tbody td").nth(2)).to_have_text("1 h 30 min")
    box = figure(page).locator(".plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 400, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 700, box["y"] + 110, steps=4)
    with page.expect_request(re.compile(r"first=\d+\.\d+&last=")):
        page.mouse.up()
    expect(figure(page).get_by_role("button", name=re.compile("time .* min .* to .*, show all"))).to_be_visible()


def test_dragging_zooms_and_asks_for_those_steps(page: Page) -> None:
    stage.frames["one"] = frame_of(curves())
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    box = figure(page).locator(".plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 400, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 700, box["y"] + 110, steps=4)
    with page.expect_request(re.compile("first=")) as asked:
        page.mouse.up()
    shown = figure(page).get_by_role("button", name=re.compile("steps .* show all"))
    expect(shown).to_be_visible()
    start, end = (int(part) for part in re.findall(r"(?:first|last)=(\d+)", asked.value.url))
    assert 0 < start < end < 990
    shown.click()
    expect(shown).to_have_count(0)


def test_a_log_axis_says_what_it_leaves_out(page: Page) -> None:
    stage.frames["one"] = frame_of([Curve("adam", [0, 1, 2, 3], [1, 0, -1, 100])])
    opened(page)
    button = page.get_by_role("button", name="Log", exact=True)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    figure(page).hover()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(figure(page).locator(".chart-foot")).to_contain_text("2 values not above 0, left out")


def test_smoothing_goes_round(page: Page) -> None:
    stage.frames["one"] = frame_of(curves())
    opened(page)
    figure(page).hover()
    button = figure(page).locator("[data-tool=smooth]")
    for text in ("Smooth 0.6", "Smooth 0.9", "Smooth"):
        button.click()
        expect(button).to_have_text(text)


def test_a_server_error_is_said_and_can_be_tried_again(page: Page) -> None:
    page.faults.expect("500")  # type: ignore[attr-defined]
    page.faults.expect("did not load")  # type: ignore[attr-defined]
    stage.frames["one"] = 500
    opened(page)
    expect(figure(page).locator(".chart-note")).to_contain_text("The chart did not load: the server answered 500.")
    stage.frames["one"] = frame_of(curves())
    page.get_by_role("button", name="Try again").click()
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    expect(figure(page).locator(".chart-note")).to_have_count(0)


def test_no_run_is_said(page: Page) -> None:
    stage.frames["one"] = frame_of([])
    opened(page)
    expect(figure(page).locator(".chart-note")).to_have_text("No run matches.")


def test_a_frame_cut_short_is_an_error_not_a_wrong_chart(page: Page) -> None:
    page.faults.expect("did not load")  # type: ignore[attr-defined]
    stage.frames["one"] = frame_of(curves())[:-8]
    opened(page)
    expect(figure(page).locator(".chart-note")).to_contain_text("The chart did not load: the chart frame is cut short.")


def test_one_poll_brings_new_points_to_the_changed_chart_only(page: Page) -> None:
    stage.frames |= {
        "one": frame_of([Curve("adam", [0, 1], [1, 2], uid="a" * 16)]),
        "two": frame_of([Curve("sgd", [0, 1], [1, 2], uid="b" * 16)]),
    }
    stage.pulse.update(project=1, runs={"a" * 16: [1, "running"], "b" * 16: [1, "running"]})
    opened(page)
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    expect(figure(page, "two")).to_have_attribute("data-drawn", "1")
    expect(figure(page).locator("[data-foot=live]")).to_contain_text("s ago")
    stage.frames["one"] = frame_of([Curve("adam", [0, 1, 2], [1, 2, 3], uid="a" * 16)], revision="2")
    stage.pulse["runs"] = {"a" * 16: [2, "running"], "b" * 16: [1, "running"]}
    expect(figure(page)).to_have_attribute("data-drawn", "2", timeout=10_000)
    assert [address.split("?")[0] for address in stage.asked].count("/stage/frame/two") == 1


def test_a_chart_whose_runs_have_all_ended_does_not_say_live(page: Page) -> None:
    stage.frames["one"] = frame_of([Curve("adam", [0, 1], [1, 2], uid="a" * 16)])
    stage.pulse.update(project=1, runs={"a" * 16: [1, "running"]})
    opened(page)
    badge = figure(page).locator("[data-foot=live]")
    expect(badge).to_be_visible()
    stage.pulse["runs"] = {"a" * 16: [2, "finished"]}
    expect(badge).to_be_hidden(timeout=10_000)


def test_a_frozen_chart_is_not_asked_again(page: Page) -> None:
    stage.frames["one"] = frame_of([Curve("adam", [0, 1], [1, 2], uid="a" * 16)])
    stage.pulse.update(project=1, runs={"a" * 16: [1, "running"]})
    opened(page, "?state=frozen&state_label=Frozen+in+v7")
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    expect(figure(page).locator(".chart-foot")).to_contain_text("Frozen in v7")
    stage.pulse.update(project=2, runs={"a" * 16: [2, "running"]})
    with page.expect_response(re.compile("/stage/pulse")):
        pass
    with page.expect_response(re.compile("/stage/pulse"), timeout=20_000):
        pass
    assert len(stage.asked) == 1


def test_a_group_is_its_mean_with_a_band(page: Page) -> None:
    members = [Curve(f"s{i}", STEPS, [value + 0.05 * i for value in FALLING], slot=2, group="4k steps") for i in range(3)]
    stage.frames["one"] = frame_of(
        [*members, Curve("lone", STEPS, [value + 0.5 for value in FALLING], slot=1, group="1k steps")]
    )
    opened(page, "?group=warm-up&band=ci")
    expect(figure(page)).to_have_attribute("data-drawn", "1")
    assert {RUN_1, RUN_2} <= colours(page)
    expect(figure(page).locator(".plot")).to_have_attribute("aria-label", re.compile("Lowest at the end: 4k steps, 0.6238"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_group_of_sampled_runs_is_the_mean_of_their_averages(tab: Callable[..., Page], theme: str) -> None:
    """Of the extremes, -50 and 90, it would be 20."""
    extremes = {"x": STEPS, "y": [-50.0 if i % 2 else 90.0 for i in range(len(STEPS))], "slot": 1, "group": "4k steps"}
    cells, levels = [100.0, 300.0, 500.0], [-50.0, -31.0, 90.0]
    stage.frames["one"] = frame_of(
        [Curve(f"s{i}", sampled=40, means=[level] * 3, **extremes) for i, level in enumerate(levels)], cells=cells
    )
    page = tab(color_scheme=theme)
    for band in ("ci", "sd", "minmax"):
        opened(page, f"?group=warm-up&band={band}")
        expect(figure(page)).to_have_attribute("data-drawn", "1")
        assert (RUN_1 if theme == "light" else DARK_RUN_1) in colours(page)
        expect(figure(page).locator(".chart-foot")).to_contain_text("of averages over 1,333 points, thin edge min to max")
        expect(figure(page).locator(".plot")).to_have_attribute("aria-label", re.compile("4k steps ends at 3"))
        box = figure(page).locator(".plot").bounding_box()
        assert box
        page.mouse.move(box["x"] + 44 + (box["width"] - 44) * 0.2, box["y"] + 20)
        expect(figure(page).locator(".chart-tip")).to_have_text("s2, averagedstep300val/loss90")
