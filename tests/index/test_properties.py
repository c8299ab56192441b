"""What holds for every text: no input stops the parser, no letter is lost, every clause has a name of its own."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.headings import find
from index.metadata import departments, read_facts
from index.normalise import restore
from index.outline import outline
from index.passages import sentences
from index.references import find_clauses, find_documents, fold
from index.types import ClauseRef, PolicyError
from tests.index.faithful import expected_letters, found_letters, letters
from tests.index.generated import SHAPES, documents, numbered

any_text = st.one_of(
    st.text(),
    st.text(
        "第一二三(（)）1.．。①②专栏附件:：章条、 \u3000\n\t\f\x0b\x1c\x85\u2028\x00ａ＊*#`—-責任單位ⅣÅﬁ㎡"
    ),
    st.lists(
        st.sampled_from(
            [
                "一、",
                "（一）",
                "1.",
                "(1)",
                "①",
                "第一条",
                "专栏1",
                "附件1",
                "字",
                "\n",
                "。",
                "（",
                "责任单位：",
                "序号 甲 乙",
            ]
        )
    ).map("".join),
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_whole(text: str) -> None:
    found = outline(text, "沪府办发〔2025〕5号")
    assert found_letters(found.clauses) == expected_letters(text, found.edits)
    refs = [clause.ref for clause in found.clauses]
    assert len(set(refs)) == len(refs)
    assert all(ClauseRef.parse(str(ref)) == ref for ref in refs)
    assert all(clause.text and clause.label and clause.path for clause in found.clauses)


@quick
@given(documents)
def test_generated_documents_lose_no_letter_and_name_every_clause(text: str) -> None:
    assert_whole(text)


@quick
@given(any_text)
def test_any_text_loses_no_letter_and_names_every_clause(text: str) -> None:
    assert_whole(text)


@quick
@given(SHAPES, st.booleans())
def test_well_numbered_documents_have_the_paths_of_their_numbers(
    shape: list[list[int]], articles: bool
) -> None:
    text, paths = numbered(shape, articles=articles)
    found = outline(text)
    assert [clause.path for clause in found.clauses] == paths
    assert found.warnings == ()


@quick
@given(documents)
def test_a_clause_hangs_under_the_clause_it_is_named_after(text: str) -> None:
    paths = {clause.path for clause in outline(text).clauses}
    assert {path.rpartition("/")[0] for path in paths if "/" in path and "#" not in path} <= paths


@quick
@given(any_text, st.booleans())
def test_restoring_a_paragraph_keeps_its_letters_and_settles(text: str, ascii_stops: bool) -> None:
    once = restore(text, ascii_stops=ascii_stops)
    assert letters(once) == letters(text)
    # A bracket's width follows its neighbour's, and may take more than one pass in ((((; nothing else does.
    narrow = str.maketrans("（）", "()")
    assert restore(once, ascii_stops=ascii_stops).translate(narrow) == once.translate(narrow)


@quick
@given(any_text)
def test_departments_of_any_text_stand_in_it_once(text: str) -> None:
    found = departments(text)
    assert len(set(found)) == len(found)
    assert all(name and name in text for name in found)


@quick
@given(any_text, any_text, any_text)
def test_no_text_stops_the_reading_of_facts(header: str, closing: str, title: str) -> None:
    read_facts(header, closing, closing, title, title)


@quick
@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999))
def test_no_date_stops_the_reading_of_facts(year: int, month: int, day: int, years: int) -> None:
    read_facts("", "", f"本办法自{year:04}年{month}月{day}日起施行，有效期{years}年。", "", "")


@quick
@given(any_text)
def test_sentences_are_substrings_that_hold_all_letters(text: str) -> None:
    found = sentences(text)
    assert all(sentence in text for sentence in found)
    assert letters("".join(found)) == letters(text)


@quick
@given(any_text)
def test_a_heading_is_found_or_not_without_an_error(text: str) -> None:
    found = find(text)
    assert found is None or found.label


@quick
@given(any_text)
def test_no_question_stops_the_search_for_references(text: str) -> None:
    assert find_documents(text, {}) == []
    find_clauses(text, {})
    fold(text)


@quick
@given(st.text(), st.text())
def test_a_reference_is_read_back_as_it_was_written(number: str, path: str) -> None:
    ref = ClauseRef(number, path)
    if number and path and " " not in path:
        assert ClauseRef.parse(str(ref)) == ref
    try:
        assert str(ClauseRef.parse(number)) == number
    except PolicyError:
        assert not number.rpartition(" ")[0] or not number.rpartition(" ")[2]
