"""What users may import: sorted, complete, and nothing heavy comes with it."""

import subprocess
import sys

import lablore
import pytest


def test_the_public_names_are_a_sorted_list() -> None:
    assert lablore.__all__ == sorted(lablore.__all__)
    assert lablore.__all__ == [
        "Image",
        "Record",
        "Run",
        "Tags",
        "__version__",
        "config",
        "define_metric",
        "finish",
        "init",
        "log",
        "run",
        "summary",
    ]


def test_names_of_the_current_run_belong_to_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert lablore.run is None
    with pytest.raises(AttributeError, match=r"lablore\.init\(\) first"):
        _ = lablore.config
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = lablore.nothing  # type: ignore[attr-defined]
    with lablore.init(mode="offline") as run:
        assert lablore.run is run
        assert lablore.config is run.config
        assert lablore.summary is run.summary
    assert lablore.run is None


def test_logging_without_a_run_says_so_once() -> None:
    code = "import lablore as wandb; [(wandb.log({'a': 1}), wandb.define_metric('a')) for _ in 'ab']; wandb.finish()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [
        f"lablore: {verb}() without a run records nothing: call lablore.init() first (said once)"
        for verb in ("log", "define_metric")
    ]


def test_a_trainer_does_not_import_the_network() -> None:
    code = "import sys, lablore; print(sorted({'httpx', 'ssl', 'asyncio', 'numpy', 'django'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
