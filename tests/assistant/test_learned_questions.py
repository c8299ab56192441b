"""Known questions added while the page runs: they lead to their clause at once, and to nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.learning import Learning
from assistant.session import Session
from assistant.settings import ROOT, Settings
from assistant.store import Store
from assistant.store.export import to_jsonl
from assistant.types import Question
from eval.bench.lookup import ADDED, with_added
from eval.questions import rows_of, without
from index.dense import Dense
from index.lexical import Lexical
from index.library import parse_all
from index.questions import Row, check, letters
from index.search import Searcher
from index.store import Stored
from index.types import ClauseRef, Encoder, Hit, Passage, PolicyError
from tests.assistant.support import AS_OF, JINGAN, MEASURES, known_questions

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
# Nobody of the documents speaks so: tickets for runs of a computer, the game room of a shop.
SAID = "咱那机房跑大模型的电费贵得要命，有人管吗"
MEANT = ClauseRef(MEASURES, "二/(三)/8")
PLAYED = "剧本杀小店想上马新花样，区里帮衬不"


def row(question: str, ref: ClauseRef = MEANT) -> Row:
    return Row("补充问法", ref, question, "spoken", "热线")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def session(searcher: Searcher) -> Session:
    return Session(searcher)


@pytest.fixture
def learning(session: Session, store: Store) -> Learning:
    return Learning(session, store)


def first(searcher: Searcher, question: str) -> ClauseRef:
    return searcher.search(question, 1)[0].ref


def same(one: list[Hit], other: list[Hit]) -> bool:
    return [(hit.ref, hit.score) for hit in one] == [(hit.ref, hit.score) for hit in other]


def cases_missed(searcher: Searcher) -> list[tuple[str, ClauseRef]]:
    """Questions of the evaluation with one required clause that the search does not put first."""
    found = []
    for name in ("dev", "own", "second", "third"):
        for line in (ROOT / "eval" / "cases" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            required = [ClauseRef(one["doc"], one["clause"]) for one in case["gold"] if one.get("required")]
            if len(required) != 1 or required[0] not in searcher.clauses or case["history"]:
                continue
            if first(searcher, case["question"]) != required[0]:
                found.append((case["question"], required[0]))
    return found


def test_a_question_that_missed_finds_its_clause_once_added_and_misses_once_withdrawn(
    session: Session, learning: Learning
) -> None:
    before = session.searcher.search(SAID, 20)
    assert before[0].ref != MEANT
    added = learning.add(MEANT, SAID, "热线", NOW, "spoken")
    assert first(session.searcher, SAID) == MEANT
    assert learning.withdraw(added.id, "热线", NOW)
    assert same(session.searcher.search(SAID, 20), before)
    assert not learning.withdraw(added.id, "热线", NOW)


def test_what_is_said_almost_like_it_finds_the_clause_too(session: Session, learning: Learning) -> None:
    nearly = "我们机房跑大模型，电费贵得要命，有没有人管"
    assert first(session.searcher, nearly) != MEANT
    learning.add(MEANT, SAID, "热线", NOW)
    assert first(session.searcher, nearly) == MEANT


def test_an_answer_cites_the_clause_at_once(session: Session, learning: Learning) -> None:
    learning.add(MEANT, SAID, "热线", NOW)
    answer = session.ask(Question(SAID, AS_OF))
    assert answer.citations[0].clause.ref == MEANT


def test_every_case_that_misses_is_first_once_it_is_added(searcher: Searcher) -> None:
    missed = cases_missed(searcher)
    assert len(missed) > 30
    assert [q for q, ref in missed if first(searcher.with_questions([row(q, ref)]), q) != ref] == []


def test_searches_for_something_else_stay_as_they_were(searcher: Searcher) -> None:
    learned = searcher.with_questions([row(SAID), row(PLAYED, ClauseRef(JINGAN, "三/(二)"))])
    asked = [question for question, _ in known_questions(40)]
    pairs = [(searcher.search(question, 10), learned.search(question, 10)) for question in asked]
    assert sum(same(*pair) for pair in pairs) >= 0.9 * len(pairs)
    for before, after in pairs:  # where a word is shared, the clauses that were added to may move a little
        assert before[0].ref == after[0].ref
        assert {hit.ref for hit in before[:5]} <= {hit.ref for hit in after}


def test_one_searcher_does_not_change_another(searcher: Searcher) -> None:
    before = searcher.search(SAID, 20)
    searcher.with_questions([row(SAID)]).search(SAID)
    assert same(searcher.search(SAID, 20), before) and searcher.learned == ()


def test_each_set_takes_the_place_of_the_one_before(searcher: Searcher) -> None:
    twice = searcher.with_questions([row(SAID)]).with_questions([row(PLAYED)])
    assert [one.text for one in twice.learned] == [PLAYED]
    assert same(twice.with_questions([]).search(SAID, 20), searcher.search(SAID, 20))


def test_an_added_question_scores_as_after_a_rebuild(
    searcher: Searcher, stored: Stored, encoder: Encoder
) -> None:
    rows = [row(SAID), row(PLAYED, ClauseRef(JINGAN, "三/(二)"))]
    passages = (*stored.passages["question"], *(Passage(one.ref, one.question, "question") for one in rows))
    vectors = encoder.encode_query([one.question for one in rows])
    rebuilt = Searcher(
        replace(
            stored,
            passages={**stored.passages, "question": passages},
            dense={
                **stored.dense,
                "question": Dense.build(np.vstack([stored.dense["question"].vectors(), vectors])),
            },
            lexical={**stored.lexical, "question": Lexical.build([one.text for one in passages])},
        ),
        encoder,
    )
    for one in rows:
        pair = [
            next(hit for hit in found.search(one.question, 300) if hit.ref == one.ref).parts
            for found in (rebuilt, searcher.with_questions(rows))
        ]
        for name in ("question", "asked", "dense", "lexical"):
            assert pair[0][name] == pytest.approx(pair[1][name], rel=1e-4), name


@pytest.mark.parametrize("which", ["none at all", "none of this document"])
def test_the_first_question_of_an_index_or_a_document_moves_its_clause_only(
    which: str, stored: Stored, encoder: Encoder
) -> None:
    everything = frozenset(range(len(stored.passages["question"])))
    bare = Searcher(
        without(stored, everything if which == "none at all" else rows_of(stored, frozenset({MEASURES}))),
        encoder,
    )
    learned = bare.with_questions([row(SAID)])
    assert first(bare, SAID) != MEANT and first(learned, SAID) == MEANT
    asked = [question for question, _ in known_questions(40)]
    pairs = [(bare.search(q, 10), learned.search(q, 10)) for q in asked]
    moved = [[hit.ref for hit in one if hit.ref != MEANT] for pair in pairs for one in pair]
    assert sum(a[:9] == b[:9] for a, b in zip(moved[::2], moved[1::2], strict=True)) >= 0.97 * len(pairs)
    assert sum(a[0].ref == b[0].ref for a, b in pairs) >= 0.99 * len(pairs)


def test_the_clause_is_surer_once_the_question_is_known(
    searcher: Searcher, stored: Stored, encoder: Encoder
) -> None:
    for before in (searcher, Searcher(without(stored, rows_of(stored, frozenset({MEASURES}))), encoder)):
        after = before.with_questions([row(SAID)])
        chances = []
        for one in (before, after):
            hits = [hit for hit in one.search(SAID, 300) if hit.ref == MEANT]
            chances.append((one.confidence(SAID, hits), one.known_ground(SAID, hits)))
        assert chances[1] > chances[0] and chances[1][0] > 0.9


def test_the_nearest_known_question_may_be_an_added_one(searcher: Searcher) -> None:
    explained = searcher.with_questions([row(SAID)]).explain(SAID, 3)
    assert (explained.hits[0].hit.ref, explained.hits[0].known_question) == (MEANT, SAID)


@pytest.mark.parametrize(
    ("question", "ref", "author", "words"),
    [
        ("咦？", MEANT, "甲", "“咦？”太短"),
        ("补" * 201, MEANT, "甲", "问题太长"),
        (SAID, ClauseRef(MEASURES, "九/9"), "甲", "不存在"),
        (SAID, MEANT, " ", "没有写 author"),
        ("算力券、模型券和语料券是什么", ClauseRef(JINGAN, "三/(二)"), "甲", ""),
    ],
)
def test_a_question_that_the_check_turns_away_is_not_added(
    learning: Learning, store: Store, session: Session, question: str, ref: ClauseRef, author: str, words: str
) -> None:
    if not words:  # one that the documents' own questions have, for another clause
        own = session.searcher.stored.passages["question"][0]
        question, ref, words = own.text, MEANT, f"却指向另一条款（{own.ref}）"
    with pytest.raises(PolicyError) as caught:
        learning.add(ref, question, author, NOW)
    assert words in str(caught.value) and not str(caught.value).startswith("：")
    assert store.added_questions() == [] and session.searcher.learned == ()


def test_a_question_is_not_added_twice(learning: Learning) -> None:
    learning.add(MEANT, SAID, "甲", NOW)
    assert learning.problems(MEANT, f"{SAID}？", "乙") == [
        f"“{SAID}？”在 补充问法 1 已经有了，不必再写一遍。"
    ]


def test_numbers_of_callers_are_masked_before_the_question_is_learned(
    learning: Learning, session: Session
) -> None:
    learning.add(MEANT, "我13800138000的机房电费谁给报", "甲", NOW)
    assert [one.text for one in session.searcher.learned] == ["我［手机号］的机房电费谁给报"]


def test_questions_that_are_added_at_once_are_all_learned(
    learning: Learning, session: Session, store: Store
) -> None:
    words = "甲乙丙丁戊己庚辛"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda w: learning.add(MEANT, f"{w * 3}机器的{w}电费谁出", "甲", NOW), words))
        answers = list(pool.map(lambda w: session.ask(Question(f"{w * 3}机器的{w}电费谁出", AS_OF)), words))
    assert len(session.searcher.learned) == len(store.known_questions()) == 8
    assert {answer.citations[0].clause.ref for answer in answers} == {MEANT}


def test_answers_while_questions_come_and_go_are_those_of_before_or_after(session: Session) -> None:
    sets: list[list[Row]] = [[], [row(SAID)]]
    expected = set()
    for rows in sets:
        session.learn(rows)
        expected.add(session.ask(Question(SAID, AS_OF)).text)

    def change(at: int) -> None:
        session.learn(sets[at % 2])

    with ThreadPoolExecutor(6) as pool:
        changing = [pool.submit(change, at) for at in range(40)]
        asking = [pool.submit(session.ask, Question(SAID, AS_OF)) for _ in range(40)]
        assert {one.result().text for one in asking} <= expected and len(expected) == 2
        assert all(one.result() is None for one in changing)


def test_they_are_there_after_a_restart(
    index_dir: Path, stored: Stored, learning: Learning, store: Store
) -> None:
    added = learning.add(MEANT, SAID, "甲", NOW)
    path = Path(str(store._engine.url.database))
    settings = Settings(index_dir=index_dir, state_file=path)
    assert first(Session.open(settings).searcher, SAID) == MEANT
    assert Session.open(settings, learned=False).searcher.learned == ()
    learning.withdraw(added.id, "甲", NOW)
    assert first(Session.open(settings).searcher, SAID) != MEANT


def test_a_question_of_a_clause_that_is_gone_is_told_and_left_out(session: Session) -> None:
    (told,) = session.learn(
        [row(SAID), Row("补充问法 2", ClauseRef("某府〔2020〕1号", "一"), "租房补贴", "", "甲")]
    )
    assert told == "补充问法 2：条款“某府〔2020〕1号 一”已不存在，这个问法暂不使用。"
    assert [one.text for one in session.searcher.learned] == [SAID]


def test_what_is_exported_can_be_committed_to_the_documents(
    learning: Learning, store: Store, tmp_path: Path
) -> None:
    learning.add(MEANT, SAID, "热线", NOW, "spoken")
    folder = shutil.copytree(ROOT / "documents", tmp_path / "documents")
    (folder / "questions" / "hotline.jsonl").write_text("".join(to_jsonl(store, "known_questions")), "utf-8")
    assert check(folder, parse_all(folder)[0]) == []


def test_the_benchmark_adds_questions_in_words_of_their_own(searcher: Searcher) -> None:
    learned = with_added(searcher, ADDED)
    assert len({one.text for one in learned.learned}) == ADDED
    first = learned.learned[0]
    assert learned.search(first.text, 1)[0].ref == first.ref


def test_the_words_of_this_test_are_in_no_case_and_no_known_question(searcher: Searcher) -> None:
    known = {letters(one.text) for one in searcher.stored.passages["question"]}
    assert not {letters(SAID), letters(PLAYED)} & known
