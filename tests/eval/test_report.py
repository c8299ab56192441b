"""The report over literal runs: what it says, that nothing in it can run or load, and how it works in a browser."""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from eval.answers import AnswerFile, Reply
from eval.cases import Case, CaseFile
from eval.compare import compare
from eval.measures import BY_KEY, Coverage
from eval.records import judge
from eval.report import build, cases, plots, words
from eval.runs import Config, Run
from eval.score import failures, score
from eval.statistics import Estimate
from tests.eval.support import AS_OF, LIBRARY, NEW, OLD, case, cite, record, reply

# The browser's path, and how it is started; without one these tests are skipped, or fail where CI is set.
from tests.ui.conftest import Watch, browser, chromium  # noqa: F401

CONFIG = Config(
    name="small",
    cases="small.jsonl",
    cases_sha256="c" * 64,
    command="python -m assistant ask",
    program="",
    documents="e" * 16,
    as_of=AS_OF.isoformat(),
    workers=1,
    commit="abc1234",
    changes="d" * 12,
    index_fingerprint="f" * 64,
    settings={"encoder": "shipped", "model": ""},
    versions={"python": "3.11.7"},
    machine={"system": "Linux x86_64", "cores": 2},
    started="2026-11-20T08:00:00+00:00",
    seconds=1.5,
)
QUOTE = "发放算力券，最高500万元。"
GOOD: dict[str, Any] = {
    "answer": f"「{QUOTE}」",
    "citations": [cite(NEW, "二/1", QUOTE)],
    "retrieved": [(NEW, "二/1"), (NEW, "二/2")],
    "timings_ms": {"retrieve": 3.0, "total": 12.0},
}
EXTRA: dict[str, Any] = {
    **GOOD,
    "citations": [*GOOD["citations"], cite(NEW, "二/2", "支持出海")],
    "timings_ms": {"total": 40.0},
}


def run_of(pairs: Sequence[tuple[Case, Reply]], problems: tuple[str, ...] = (), name: str = "small") -> Run:
    config = Config(**{**CONFIG.to_json(), "name": name})
    known, replies = tuple(c for c, _ in pairs), {r.id: r for _, r in pairs}
    files = CaseFile(known, {}, (), "c" * 64), AnswerFile(replies, problems)
    return Run(Path("small"), config, *files, (), tuple(judge(known, replies, LIBRARY, AS_OF)))


def three() -> Run:
    """A case that passes, one with a flaw, one that fails: in the file in that order."""
    return run_of(
        [
            (case("passes"), reply("passes", **GOOD)),
            (case("flawed", difficulty="easy"), reply("flawed", **EXTRA)),
            (
                case(
                    "fails",
                    type="validity",
                    question="十四五规划的营收目标？",
                    answer_contains=[["3000亿元"]],
                ),
                reply("fails", **{**GOOD, "answer": "没有写。", "timings_ms": {"total": 90.0}}),
            ),
        ]
    )


def page_of(run: Run, other: Run | None = None, ablation: dict[str, Any] | None = None) -> str:
    return build(run, score(run), compare(other, run) if other else None, ablation)


def row(page: str, key: str) -> str:
    """The words of a measure's line in the summary."""
    found = re.search(rf'<tr data-measure="{re.escape(key)}">(.*?)</tr>', page, re.DOTALL)
    assert found
    return text_of(found[1])


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html))).strip()


def test_the_figures_are_those_of_the_scores() -> None:
    run = three()
    page, scores = page_of(run), score(run)
    for key, found in scores.all.measures.items():
        value = "–" if found.value is None else f"{found.value:.3f}"
        between = f"[{found.low:.3f}, {found.high:.3f}]" if found.low is not None else "–"
        assert row(page, key).endswith(f"{value} 95 % 区间 95 % interval {between} n {found.n}")
    assert row(page, "ok").startswith("通过 ok 有答案的")
    assert "2 of 3 passed" in page


def test_what_is_undefined_is_a_dash_and_never_0() -> None:
    scores = score(three())
    assert scores.all.measures["refused"].value is None
    assert "– 95 % 区间 95 % interval – n 0" in row(page_of(three()), "refused")


def test_failing_cases_come_first_then_the_flawed() -> None:
    assert re.findall(r'id="case-([\w-]+)"', page_of(three())) == ["fails", "flawed", "passes"]


def test_a_case_tells_what_is_wrong_and_where_its_gold_was_ranked() -> None:
    shown = case(
        "c", gold=[(NEW, "二/2"), (OLD, "三/(一)/1", False)], must_not_cite=[{"doc": NEW, "clause": "二/1"}]
    )
    text = text_of(page_of(run_of([(shown, reply("c", **GOOD))])).partition('<div class="list">')[2])
    assert f"引了不该引的 cited what must not be cited {NEW} 二/1" in text
    assert f"{NEW} 二/2 必引 required 漏引 missed 检索第 2 位 ranked 2" in text
    assert f"{OLD} 三/(一)/1 可引 optional 未引 not cited 检索没有找到 not retrieved" in text
    assert f"{NEW} 二/1 第1条" not in text and "逐字 verbatim 现行有效 in force" in text


def test_only_a_failing_case_has_a_failure_that_made_it_fail() -> None:
    asked = [
        case(answerable=a, gold=g, answer_contains=f)
        for a, g, f in product(
            (True, False), ([], [(NEW, "二/1")], [(NEW, "二/2"), (OLD, "三/(一)/1")]), ([], [["500万元"]])
        )
    ]
    cited: tuple[list[Any], ...] = (
        [],
        GOOD["citations"],
        EXTRA["citations"],
        [cite(NEW, "末段")],
        [*EXTRA["citations"], cite(NEW, "末段")],
    )
    for one, status, citations in product(asked, ("answered", "not_in_documents", "error"), cited):
        said = reply(status=status, answer=QUOTE[:8], citations=citations)
        (view,) = cases.case_views([record(one, said)])
        assert any(f.fatal for f in view.failures) == (view.verdict == "fail"), (one, said)


def test_every_word_is_said_in_both_languages() -> None:
    kinds = set(re.findall(r'f?"([\u4e00-\u9fff]+)[：（"]', inspect.getsource(failures)))
    assert len(kinds) > 10 and kinds <= set(words.WORDS["failures"])
    assert set(words.DEFINITIONS) == set(BY_KEY)
    pairs = [pair for table in words.WORDS.values() for key, pair in table.items() if key != "problems_note"]
    assert all(pair.zh and pair.en for pair in pairs)


def test_another_run_stands_beside_with_difference_interval_and_p() -> None:
    worse = run_of(
        [(c, reply(c.id, **(EXTRA if c.id == "passes" else GOOD))) for c in three().cases.cases], name="other"
    )
    page, found = page_of(three(), worse), compare(worse, three())
    change = next(change for change in found.changes if change.key == "cite_prec")
    assert (change.a, change.b, change.difference.value) == pytest.approx((5 / 6, 5 / 6, 0))
    assert row(page, "cite_prec").endswith(
        "对照 Other 0.833 差 Difference 0.000 95 % 区间 95 % interval [−0.500, +0.500] p 1.000"
    )
    assert f"与 {found.a} 比较，3 个共同的用例" in page
    assert '<a href="#case-passes">passes</a>' in page.partition('id="groups"')[0]


def test_problems_are_shown_before_the_figures() -> None:
    page = page_of(run_of([(case(), reply(**GOOD))], ("answers.jsonl 第 3 行不是合法的 JSON。",)))
    assert 0 < page.index("answers.jsonl 第 3 行不是合法的 JSON。") < page.index('id="summary"')


def test_a_run_without_a_single_answer_still_makes_a_page() -> None:
    page = page_of(run_of([], ("1 个用例没有回答。",)))
    assert "没有一个用例得到回答" in page and "没有 timings_ms.total" in page


def test_the_missing_curve_says_why() -> None:
    unsure = {**GOOD, "retrieved": []}
    page = page_of(run_of([(case(), reply(**unsure))]))
    assert "1 个回答既没有 confidence，检索结果也没有得分" in page and 'id="risk-plot-title"' not in page


def test_the_ablation_is_a_table_or_a_hint() -> None:
    assert "运行 python -m eval ablation 后重做报告" in page_of(three())
    figure = {"value": 0.5, "low": 0.25, "high": 0.75, "n": 4}
    gain = {"value": -0.125, "low": -0.2, "high": 0.0, "p": 0.0004, "n": 4}
    rows = [
        {"key": "bm25", "names": ["words", "分词"], "measures": {"recall@5": figure}, "gains": None},
        {
            "key": "rr",
            "names": ["all", "全部"],
            "measures": {"recall@5": figure},
            "gains": {"recall@5": gain},
        },
    ]
    page = text_of(page_of(three(), ablation={"cases": "small.jsonl", "n": 4, "rows": rows}))
    assert "分词 words 0.500 [0.250, 0.750] 全部 all 0.500 [0.250, 0.750] −0.125 (p < 0.001)" in page


EVIL = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "[x](javascript:alert(4)) ![y](http://example.com/y.png) <http://example.com>",
    '" onmouseover="alert(5)',
    "{{ 7 * 7 }}<!--",
]


def evil() -> Run:
    """Markup wherever a case or an answer has a text; half a surrogate pair where only an answer can have one."""
    pairs = [(_evil_case(at, bad), _evil_reply(at, bad)) for at, bad in enumerate(EVIL)]
    broken = reply("broken", answer="\ud800{{ 7 * 7 }}", citations=[cite(NEW, "二/1", "\udfff")])
    pairs.append((case("broken"), broken))
    return run_of(pairs, tuple(EVIL), name="</title><script>alert(6)</script>")


def _evil_id(at: int, bad: str) -> str:
    return re.sub(r"\s", "", bad) + f"-{at}"


def _evil_case(at: int, bad: str) -> Case:
    texts = dict.fromkeys(("question", "type", "difficulty", "note"), bad)
    return case(
        _evil_id(at, bad),
        profile={bad: bad},
        gold=[{"doc": bad, "clause": bad, "evidence": bad}],
        answer_contains=[[bad]],
        history=[{"role": "user", "content": bad}],
        **texts,
    )


def _evil_reply(at: int, bad: str) -> Reply:
    return reply(
        _evil_id(at, bad),
        answer=bad,
        citations=[cite(bad, bad, bad, bad, clause_label=bad), cite(bad, bad, related=True)],
        retrieved=[(bad, bad)],
        standalone_question=f"{bad}?",
        timings_ms={bad: 1.0, "total": 1.0},
    )


def test_nothing_in_an_answer_or_case_becomes_markup() -> None:
    page = page_of(evil())
    assert len(re.findall("<script", page)) == len(re.findall("</script", page)) == 2
    assert len(re.findall("<!--", page)) == 0 and "<img" not in page
    assert set(re.findall(r'href="(.)', page)) == {"#"}
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', page))
    assert "{{ 7 * 7 }}" in page
    page.encode("utf-8")


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = page_of(three())
    assert not re.search(r"https?://|@import|url\(|\ssrc=|<link|<iframe|\sstyle=", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and unescape(policy[1]).startswith("default-src 'none';")
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert inside
        known = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{known}'" in unescape(policy[1])


def test_the_same_run_gives_the_same_bytes() -> None:
    assert page_of(three(), three()) == page_of(three(), three())


def test_marks_stand_where_their_values_are() -> None:
    bar = plots.bar(Estimate(0.5, 0.25, None, 4), 1.0)
    assert bar == plots.Bar(start=6, end=90, low=48, high=None, other=174)
    assert plots.bar(Estimate(None, None, None, 0)) is None
    curve = plots.risk_plot([Coverage(0.5, 0.0), Coverage(1.0, 0.1)])
    assert curve and curve.path == "M218 232 L384 18" and curve.dots == ((384, 18),)
    assert [mark.label for mark in curve.up] == ["0 %", "2.5 %", "5 %", "7.5 %", "10 %"]
    latency = plots.latency_plot([0.0, 15.0], [("p50", 7.5)])
    assert latency and latency.across[0].label == "0.1 ms" and len(latency.guides) == 1


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:  # noqa: F811
    """The report of `three`, opened from disk without a network; afterwards it must have had no errors."""
    yield from opened(browser, tmp_path, page_of(three(), three()))


@pytest.fixture
def evil_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:  # noqa: F811
    yield from opened(browser, tmp_path, page_of(evil()))


def opened(browser: Browser, folder: Path, html: str) -> Iterator[Page]:  # noqa: F811
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    page, watch = context.new_page(), Watch("file://")
    watch.follow(page)
    page.goto(path.as_uri())
    yield page
    context.close()
    assert (watch.elsewhere, watch.errors) == ([], [])


def visible(page: Page) -> list[str]:
    return [
        str(id)
        for id in page.locator("details.case:visible").evaluate_all("all => all.map(e => e.id.slice(5))")
    ]


@pytest.mark.browser
def test_filters_show_the_cases_that_fit_and_how_many(page: Page) -> None:
    count, filters = page.locator(".count"), page.locator("form.filters")
    expect(count).to_have_text("显示 3 / 3 个用例")
    filters.get_by_label("只看未通过").check()
    expect(count).to_have_text("显示 1 / 3 个用例")
    assert visible(page) == ["fails"]
    filters.get_by_role("button", name="清除筛选").click()
    filters.locator("[name=difficulty]").select_option("easy")
    assert visible(page) == ["flawed"]
    filters.get_by_role("button", name="清除筛选").click()
    filters.locator("[name=text]").fill("营收 目标")
    assert visible(page) == ["fails"]
    filters.locator("[name=text]").fill("不存在")
    expect(page.locator("#cases .none")).to_be_visible()


@pytest.mark.browser
def test_a_reason_a_type_and_a_verdict_lead_to_their_cases(page: Page) -> None:
    page.locator("#summary a", has_text="缺要点").click()
    assert visible(page) == ["fails"]
    page.locator("#groups a", has_text="单一事实").click()
    assert visible(page) == ["flawed", "passes"]
    page.locator("#summary a[data-set-verdict=flawed]").click()
    assert visible(page) == ["flawed"]


@pytest.mark.browser
def test_a_deep_link_opens_its_case_even_if_it_is_filtered_out(page: Page) -> None:
    page.get_by_label("只看未通过").check()
    page.goto(page.url.split("#")[0] + "#case-passes")
    expect(page.locator("[id=case-passes] .answer")).to_be_in_viewport()
    expect(page.locator("[id=case-passes] > summary")).to_be_focused()
    assert visible(page) == ["fails", "flawed", "passes"]
    page.keyboard.press("Enter")
    expect(page.locator("[id=case-passes] .answer")).to_be_hidden()


@pytest.mark.browser
def test_the_language_switches_without_a_reload(page: Page) -> None:
    page.evaluate("window.kept = true")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Evaluation report", use_inner_text=True)
    expect(page.locator(".count")).to_have_text("3 of 3 cases shown")
    expect(page.locator("[name=type] option").nth(1)).to_have_text("single fact (2)")
    expect(page.locator("#latency svg title")).to_have_text("Latency")
    expect(page).to_have_title(re.compile("Evaluation report"))
    assert page.evaluate("[window.kept, document.documentElement.lang]") == [True, "en"]


@pytest.mark.browser
def test_a_telephone_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 720})
    page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.browser
def test_hostile_answers_are_text_in_a_browser_too(evil_page: Page) -> None:
    expect(evil_page.locator("img, iframe, main script")).to_have_count(0)
    evil_page.goto(f"{evil_page.url}#case-%3Cimgsrc%3Dxonerror%3Dalert(3)%3E-2")
    expect(evil_page.locator("details.case[open] .answer")).to_have_text(EVIL[2])
    evil_page.set_viewport_size({"width": 375, "height": 720})
    assert evil_page.evaluate("document.documentElement.scrollWidth") == 375
