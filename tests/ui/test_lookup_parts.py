"""The look-up without a browser: what is found for a text, and the HTML of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import gradio as gr
import pytest

from assistant.limits import RateLimit
from assistant.session import Session
from assistant.settings import ROOT, Settings
from assistant.store import Store
from assistant.ui.area import Context
from assistant.ui.lookup_clause import Shown, clause_html, compare_html
from assistant.ui.lookup_filters import Filters
from assistant.ui.lookup_find import SHOWN, Asked, Finder, Found, Why, neighbours, spelt_out
from assistant.ui.lookup_notes import Desk, lists_html
from assistant.ui.lookup_results import results_html, snippet
from assistant.ui.lookup_wording import wording
from assistant.ui.texts import words
from index.types import ClauseRef, Validity

TODAY = date(2026, 11, 20)
ZH, EN = words("zh").area("lookup"), words("en").area("lookup")
FIVE = "沪府办发〔2025〕5号"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return Session.open(
        Settings(index_dir=ROOT / "var", state_file=tmp_path_factory.mktemp("state") / "none.sqlite3")
    )


@pytest.fixture(scope="module")
def finder(session: Session) -> Finder:
    return Finder(session)


def find(finder: Finder, text: str, **filters: str) -> Found:
    return finder.find(Asked.read({"text": text, "filters": filters}), TODAY)


def labels(found: Found, why: Why) -> list[str]:
    return [f"{row.document.number} {row.clause.label}" for row in found.rows if row.why is why]


@pytest.mark.parametrize(
    "text",
    [
        "5号文16",
        "5号16",
        "5号文第16条",
        "5号文第十六条",
        "若干措施 16",
        f"{FIVE}16",
        "５号文１６",
        "5号文16？",
    ],
)
def test_a_clause_is_found_by_the_names_people_give_it(finder: Finder, text: str) -> None:
    found = find(finder, text)
    assert labels(found, Why.NAMED) == [f"{FIVE} 第16条"]
    assert labels(found, Why.BESIDE) == [f"{FIVE} 第15条", f"{FIVE} 第17条"]
    assert found.total == 3


def test_a_clause_that_does_not_exist_is_said_and_the_nearest_are_named(finder: Finder) -> None:
    found = find(finder, "5号文99")
    assert labels(found, Why.BESIDE) == [f"{FIVE} 第31条", f"{FIVE} 第30条", f"{FIVE} 第29条"]
    assert [ZH.say(one.label, **one.fields) for one in found.notices] == [
        f"{FIVE} 没有第99条，共 31 条。以下是编号最近的条款。"
    ]


def test_a_document_that_is_not_held_is_said_and_no_clause_of_another_takes_its_place(finder: Finder) -> None:
    found = find(finder, "88号文第3条")
    assert found.rows == () and [one.label for one in found.notices] == ["unknown_document"]


def test_a_number_without_a_document_is_that_clause_of_each(finder: Finder) -> None:
    assert len(labels(find(finder, "第3条"), Why.NAMED)) == 3


@pytest.mark.parametrize("text", ["5号", "5号文", FIVE])
def test_a_document_alone_is_its_clauses_in_order(finder: Finder, text: str) -> None:
    rows = find(finder, text).rows
    assert {row.document.number for row in rows} == {FIVE} and {row.why for row in rows} == {Why.LISTED}


@pytest.mark.parametrize("text", ["算力券", "2025年的规划", "5号线", "融资16"])
def test_what_is_no_short_name_of_a_clause_stays_as_it_was_typed(finder: Finder, text: str) -> None:
    assert spelt_out(text, finder._session.documents) == text


def test_plain_words_bring_the_clause_and_its_best_sentence(finder: Finder) -> None:
    first = find(finder, "海外投资有损失怎么办").rows[0]
    assert (first.document.number, first.clause.label, first.why) == (FIVE, "第16条", Why.FOUND)
    assert first.quote == "试点设立专业服务机构“海外投资风险基金”和“海外投资损失准备金”制度。"
    assert first.quote in first.clause.text


def test_what_the_documents_hardly_speak_of_is_said(finder: Finder) -> None:
    found = find(finder, "宠物医院怎么开")
    assert not found.known and [one.label for one in found.notices] == ["strange"]


@pytest.mark.parametrize("sent", [None, "x", 3, [], {"text": None}, {"text": "", "filters": "x"}])
def test_whatever_a_browser_sends_is_no_error(finder: Finder, sent: object) -> None:
    assert finder.find(Asked.read(sent), TODAY) == Found()


def test_signs_alone_find_nothing(finder: Finder) -> None:
    assert find(finder, "😀？") == Found()


@pytest.mark.parametrize("text", ["人才", ""])
def test_a_filter_leaves_only_what_fits_it(finder: Finder, text: str) -> None:
    of_five = find(finder, text, document=FIVE).rows
    assert of_five and all(row.document.number == FIVE for row in of_five)
    of_commerce = find(finder, text, department="市商务委").rows
    assert of_commerce and all("市商务委" in row.clause.departments for row in of_commerce)
    over = find(finder, text, validity="period_over").rows
    assert over and all(row.document.validity(TODAY) is Validity.PERIOD_OVER for row in over)


def test_a_district_has_the_clauses_that_name_it_and_all_of_its_own_documents(
    finder: Finder, session: Session
) -> None:
    rows = find(finder, "总部", district="静安").rows
    assert {row.document.number for row in rows} > {"静府办发〔2021〕12号"}
    for row in rows:
        named = "静安" in row.clause.text or "市北" in row.clause.text or "南京西路" in row.clause.text
        assert named or row.document.number == "静府办发〔2021〕12号"


def test_filters_together_leave_what_fits_all_of_them(finder: Finder) -> None:
    both = Filters(document=FIVE, department="市商务委")
    rows = finder.find(Asked("", both), TODAY).rows
    assert rows and all(r.document.number == FIVE and "市商务委" in r.clause.departments for r in rows)


def test_every_choice_of_a_filter_has_the_clauses_it_counts(finder: Finder) -> None:
    for value, _, count in finder.choices.of("department", TODAY):
        assert find(finder, "", department=value).total == count


def test_no_more_is_listed_than_can_be_read(finder: Finder) -> None:
    assert len(find(finder, "支持企业").rows) <= SHOWN


def shown(session: Session, path: str = "二/(六)/16", quote: str = "") -> Shown:
    document = session.documents[FIVE]
    clause = document.clause(path)
    assert clause is not None
    return Shown(document, clause, quote or clause.text[:4])


def test_the_wording_has_document_clause_its_own_words_departments_and_dates(session: Session) -> None:
    one = shown(session)
    quote = "试点设立专业服务机构“海外投资风险基金”和“海外投资损失准备金”制度。"
    assert wording(one.document, one.clause, quote, TODAY, ZH) == (
        "根据《上海市促进服务业创新发展若干措施》（沪府办发〔2025〕5号）第16条“降低融资成本”，文件原文是："
        f"「{quote}」这一条的责任单位是市科委、市委金融办、上海金融监管局、市发展改革委、市商务委。"
        "文件自2025年3月20日起施行，有效期至2028年3月19日，现行有效。"
    )


def test_the_wording_says_that_no_department_is_named_and_that_a_plan_is_over(session: Session) -> None:
    document = session.documents["沪府办发〔2021〕7号"]
    clause = next(c for c in document.clauses if c.label == "专栏3")
    told = wording(document, clause, "x", TODAY, ZH)
    assert "这一条没有写明责任单位。" in told and "规划期2021—2025年，已届满，仅供参考。" in told


def test_the_clause_before_and_after_skip_bare_headings(session: Session) -> None:
    document = session.documents[FIVE]
    clause = document.clause("二/(六)/15")
    assert clause is not None
    before, after = neighbours(document, clause.ref)
    assert before is not None and after is not None
    assert (before.label, after.label) == ("第14条", "第16条")
    assert neighbours(document, document.clauses[0].ref)[0] is None
    assert neighbours(document, document.clauses[-1].ref)[1] is None


def test_every_clause_can_be_shown_and_compared(session: Session) -> None:
    one = shown(session)
    for document in session.documents.values():
        for clause in document.clauses:
            other = Shown(document, clause, clause.text)
            assert "clause-text" in clause_html(other, "", TODAY, EN, learning=True)
            assert compare_html(one, other, TODAY, ZH).count("<article") == 2


def test_what_was_typed_stays_text(session: Session) -> None:
    html = clause_html(shown(session), '"><img onerror=alert(1)>', TODAY, ZH, learning=True)
    assert "<img" not in html and "&quot;&gt;&lt;img" in html


def test_the_best_sentence_is_marked_in_its_surroundings() -> None:
    assert snippet("第一句。好<b>句。第三句。", "好<b>句。") == (
        "第一句。<mark>好&lt;b&gt;句。</mark>第三句。"
    )
    assert snippet("前" * 60 + "好句" + "后" * 60, "好句") == (
        "…" + "前" * 24 + "<mark>好句</mark>" + "后" * 24 + "…"
    )


def test_an_option_has_number_label_sentence_departments_and_validity(finder: Finder) -> None:
    html = results_html(find(finder, "海外投资有损失怎么办"), TODAY, ZH)
    first = html.split('role="option"')[1]
    for part in (FIVE, "第16条", "降低融资成本", "<mark>试点设立", "市科委、市委金融办", "现行有效"):
        assert part in first


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "state.sqlite3")
    with ThreadPoolExecutor(1) as workers:
        made = Desk.of(Context(session, Settings(), lambda: TODAY, workers, RateLimit(0), store))
        assert made is not None
        yield made
    store.close()


def test_the_lists_show_what_was_looked_up_and_what_waits_for_an_answer(desk: Desk) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    desk.store.record_lookup("<b>算力券", 20, now)
    desk.store.record_lookup("宠物医院", 0, now)
    html = lists_html(desk, ZH)
    frequent, waiting = html.split("<h3>")[1:]
    assert "&lt;b&gt;算力券" in frequent and "算力券" not in waiting
    assert 'data-text="宠物医院"' in waiting and "查过 1 次" in waiting


def test_an_added_question_is_listed_until_it_is_withdrawn_and_that_is_told_once(desk: Desk) -> None:
    ref = ClauseRef.parse(f"{FIVE} 四/(十三)/31")
    added = desk.learning.add(ref, "<i>叽里咕噜哪里领", "坐席", datetime(2026, 11, 20, tzinfo=UTC))
    html = lists_html(desk, ZH)
    assert (
        "&lt;i&gt;叽里咕噜哪里领" in html and f"{FIVE} 第31条" in html and f'data-number="{added.id}"' in html
    )
    button = gr.EventData(None, {"number": str(added.id)})
    said, lists = desk.withdraw(button, "zh")
    assert "已撤下“&lt;i&gt;叽里咕噜哪里领”" in said and "叽里咕噜" not in lists
    assert ZH["withdrawn_before"] in desk.withdraw(button, "zh")[0]


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 30])
def test_a_number_that_no_added_question_has_withdraws_nothing(desk: Desk, number: str) -> None:
    assert ZH["withdrawn_before"] in desk.withdraw(gr.EventData(None, {"number": number}), "zh")[0]


def test_without_a_store_the_page_says_so() -> None:
    assert ZH["no_store"] in lists_html(None, ZH)
