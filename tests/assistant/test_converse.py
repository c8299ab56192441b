"""Follow-up questions made to stand alone: what is carried over from the talk, and what is left as it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given

from assistant.compose.wording import name_of
from assistant.converse import Standalone, standalone
from assistant.types import Turn
from index.references import find_clauses
from index.search import Searcher
from index.types import Document, Kind
from tests.assistant.support import ACTIONS, JINGAN, MEASURES, Desk, paths, talk
from tests.assistant.test_talk import messages, talks

ASKED = "静安区的广告企业有什么支持？"
ANSWERED = """与您的情况相关的条款如下：

- **沪府办发〔2025〕23号 第1条 加快建设国际数字广告之都**：“支持广告企业创新转型。” [1]（规划期2026—2028年）
- **沪府办发〔2025〕5号 第16条 降低融资成本**：“支持微短剧项目开展版权质押融资。” [2]（现行有效）"""
NUMBERED = "可以看这几条：\n1. 5号文第12条：推广服务用券\n2、23号文第1条 广告\n3. 其他支持"


@pytest.fixture(scope="session")
def documents(searcher: Searcher) -> Mapping[str, Document]:
    return searcher.documents


def after(documents: Mapping[str, Document], question: str, *history: str) -> Standalone:
    return standalone(question, talk(*(history or (ASKED, ANSWERED))), documents)


@pytest.mark.parametrize(
    "question",
    [
        "算力券怎么申请？",
        "5号文第16条的责任单位是谁？",
        "5号文第二条说了什么？",
        "法律服务业有什么支持？",
        "数据出境负面清单是什么？",
        "律师事务所想参加境外展会，有没有补贴可以申请？",
        "上海对会展业的目标是多少？",
        "What support is there for law firms going abroad?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(
    documents: Mapping[str, Document], question: str
) -> None:
    assert after(documents, question) == Standalone(question)


@pytest.mark.parametrize("question", ["那浦东呢？", "第二条展开讲讲", "这条什么时候到期？"])
def test_without_a_talk_every_question_stands_alone(documents: Mapping[str, Document], question: str) -> None:
    assert standalone(question, (), documents) == Standalone(question)


@pytest.mark.parametrize(
    "question",
    [
        "会计师事务所去中东设点有什么支持呢？",
        "其它行业的中小企业有什么扶持政策？",
        "和平饭店附近的商务楼宇可以申请更新改造吗？",
        "要是我开一家人力资源公司，能拿什么补贴？",
        "Is there any policy that helps law firms go abroad?",
    ],
)
def test_a_full_question_with_a_word_of_leaning_is_left_as_it_is(
    documents: Mapping[str, Document], question: str
) -> None:
    assert after(documents, question).text == question


@pytest.mark.parametrize(
    "question", ["谢谢", "好的", "好的，谢谢！", "知道了", "嗯嗯", "ok", "Thanks!", "thank you", "再见"]
)
def test_chitchat_carries_nothing_over(documents: Mapping[str, Document], question: str) -> None:
    assert after(documents, question) == Standalone(question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("那浦东呢？", "浦东的广告企业有什么支持？"),
        ("浦东新区呢", "浦东新区的广告企业有什么支持？"),
        ("如果是浦东的呢？", "浦东的广告企业有什么支持？"),
        ("换成会计师事务所", "静安区的会计师事务所有什么支持？"),
        ("会展业呢？", "静安区的会展业有什么支持？"),
    ],
)
def test_a_like_thing_takes_the_place_of_the_like(
    documents: Mapping[str, Document], question: str, text: str
) -> None:
    found = after(documents, question).text
    assert found in (text, text.replace("浦东的", "浦东新区的"))


@pytest.mark.parametrize("question", ["那徐汇呢？", "那谁负责？"])
def test_a_second_follow_up_keeps_the_topic(documents: Mapping[str, Document], question: str) -> None:
    assert "广告" in after(documents, question, ASKED, ANSWERED, "那浦东呢？", "没有写明。").text


@pytest.mark.parametrize("question", ["这条什么时候到期？", "那谁负责？", "多少钱？", "它有效吗？"])
def test_what_points_back_takes_the_topic_and_the_cited_clauses_along(
    documents: Mapping[str, Document], question: str
) -> None:
    found = after(documents, question)
    assert found.text == f"{ASKED} {question}"
    assert [str(ref) for ref in found.clauses] == [f"{ACTIONS} 二/1", f"{MEASURES} 二/(六)/16"]
    assert [document.number for document in found.documents] == [ACTIONS, MEASURES]


@pytest.mark.parametrize("question", ["第二条展开讲讲", "第2条", "第二项是什么意思", "第二个呢？"])
def test_an_ordinal_after_our_own_list_is_its_entry(documents: Mapping[str, Document], question: str) -> None:
    found = after(documents, question)
    assert found.text == f"沪府办发〔2025〕5号 第16条 降低融资成本 {question}"
    assert [str(ref) for ref in found.clauses] == [f"{MEASURES} 二/(六)/16"]
    assert found.listed


@pytest.mark.parametrize(
    ("question", "refs"),
    [
        ("第一条展开讲讲", [f"{MEASURES} 二/(五)/12"]),
        ("第二条展开讲讲", [f"{ACTIONS} 二/1"]),
        ("第三条呢", []),
    ],
)
def test_an_ordinal_after_a_numbered_list_is_the_entry_of_that_number(
    documents: Mapping[str, Document], question: str, refs: list[str]
) -> None:
    found = after(documents, question, "有哪些？", NUMBERED)
    assert ([str(ref) for ref in found.clauses], found.listed) == (refs, True)


def test_an_ordinal_beyond_the_list_is_no_entry(documents: Mapping[str, Document]) -> None:
    assert not after(documents, "第十六条").listed
    assert not after(documents, "第五条呢", "有哪些？", NUMBERED).listed


def test_an_ordinal_with_a_document_is_a_clause_of_that_document(documents: Mapping[str, Document]) -> None:
    assert after(documents, "23号文第二条展开讲讲") == Standalone("23号文第二条展开讲讲")


def test_an_ordinal_after_a_refusal_is_one_of_its_related_clauses(
    desk: Desk, documents: Mapping[str, Document]
) -> None:
    refusal = desk.ask("会计师事务所出海补贴多少钱？")
    assert refusal.status == "not_in_documents" and len(refusal.citations) >= 2
    found = after(documents, "第二条谁负责？", "会计师事务所出海补贴多少钱？", refusal.text)
    assert [str(ref) for ref in found.clauses] == paths(refusal)[1:2]


def test_a_new_topic_leaves_the_old_one_behind(desk: Desk) -> None:
    first = desk.ask(ASKED)
    new = desk.ask("数据出境负面清单是什么？", ASKED, first.text)
    assert new.standalone == "数据出境负面清单是什么？"
    assert paths(new) == paths(desk.ask("数据出境负面清单是什么？"))


def test_the_second_entry_of_an_answer_is_explained_from_its_clause(desk: Desk) -> None:
    question = "会计师事务所去中东设点有什么支持？"
    first = desk.ask(question)
    second = desk.ask("第二条展开讲讲", question, first.text)
    assert paths(second)[0] == paths(first)[1]


def test_this_clause_expires_when_its_document_does(desk: Desk) -> None:
    first = desk.ask("5号文第16条说了什么？")
    answer = desk.ask("这条什么时候到期？", "5号文第16条说了什么？", first.text)
    assert "有效期至2028年3月19日" in answer.text
    assert {citation.document.number for citation in answer.citations} == {MEASURES}


def test_who_is_responsible_for_this_clause_is_read_from_this_clause(desk: Desk) -> None:
    first = desk.ask("5号文第16条说了什么？")
    answer = desk.ask("这条由谁负责？", "5号文第16条说了什么？", first.text)
    assert paths(answer)[0] == f"{MEASURES} 二/(六)/16"
    assert "市委金融办" in answer.text.split("\n")[0]


def test_every_name_that_an_answer_prints_leads_back_to_its_clause(documents: Mapping[str, Document]) -> None:
    for document in documents.values():
        for clause in document.clauses:
            if clause.kind is not Kind.HEADER:
                found = [m.clause.ref for m in find_clauses(name_of(document, clause), documents) if m.clause]
                assert found == [clause.ref], name_of(document, clause)


def test_asked_for_more_the_answer_shows_other_clauses(desk: Desk) -> None:
    question = "会计师事务所去中东设点有什么支持？"
    first = desk.ask(question)
    more = desk.ask("还有别的吗？", question, first.text)
    assert more.status == "answered" and paths(more)
    assert not set(paths(more)) & set(paths(first))


def test_asked_for_more_of_another_district_the_district_is_the_new_one(
    documents: Mapping[str, Document],
) -> None:
    assert "浦东" in after(documents, "那浦东还有什么支持？").text


def test_the_document_talked_about_is_kept_until_another_is_named(desk: Desk) -> None:
    first = desk.ask("静安十四五规划里广告业怎么说？")
    assert {c.document.number for c in first.citations} == {JINGAN}
    answer = desk.ask("那5号文呢？", "静安十四五规划里广告业怎么说？", first.text)
    assert MEASURES in {c.document.number for c in answer.citations}


TALENT = (
    "人才安居有什么措施",
    "《人才安居若干措施》主要有三项:1.租房补贴(第4条);2.人才公寓优先配租(第5条);3.购房补贴(第7条)[1]。",
    "第一个展开讲讲",
    "租房补贴按每月1500元发放[1]。",
)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("第二个呢", "人才公寓优先配租(第5条)"),
        ("最后那个要什么条件", "购房补贴(第7条)"),
        ("中间那个呢", "人才公寓优先配租(第5条)"),
        ("购房那个谁负责", "购房补贴(第7条)"),
    ],
)
def test_an_ordinal_goes_on_counting_in_an_earlier_list(
    documents: Mapping[str, Document], question: str, entry: str
) -> None:
    found = after(documents, question, *TALENT)
    assert found.listed and found.text.startswith(f"《人才安居若干措施》：{entry}")
    assert found.text.endswith(question)


TECHNOLOGY_THEN_SHOPS = (
    "高新技术企业申报一年几批？",
    "按《科创企业培育细则》第8条，每年组织三批申报[1]。",
    "海外仓有补贴吗？",
    "有。《跨境电商细则》第12条，自建海外仓补助20%[1]。",
)


@pytest.mark.parametrize("question", ["最开始问的那个，几月份交材料？", "一开始说的那条还有效吗"])
def test_a_return_to_the_first_topic_leaves_out_what_came_after(
    documents: Mapping[str, Document], question: str
) -> None:
    text = after(documents, question, *TECHNOLOGY_THEN_SHOPS).text
    assert "《科创企业培育细则》" in text and "高新技术企业" in text
    assert "跨境电商" not in text and "海外仓" not in text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("不对，我问的是浦东", "浦东的广告企业有什么支持？"),
        ("错了，是浦东", "浦东的广告企业有什么支持？"),
        ("不是静安，浦东的呢", "浦东的广告企业有什么支持？"),
    ],
)
def test_a_correction_takes_the_place_of_what_was_wrong(
    documents: Mapping[str, Document], question: str, text: str
) -> None:
    found = after(documents, question)
    assert (found.text, found.clauses) == (text, ())


def test_a_correction_is_not_told_again_in_its_own_words(documents: Mapping[str, Document]) -> None:
    found = after(documents, "不对，我问的是第8条的申报批次", *TECHNOLOGY_THEN_SHOPS[:2])
    assert (
        found.text.endswith("第8条的申报批次") and "不对" not in found.text and "我问的是" not in found.text
    )


def test_of_both_trades_the_clauses_of_both_answers_are_meant(documents: Mapping[str, Document]) -> None:
    found = after(
        documents,
        "这两个行业的责任单位分别是谁？",
        "广告业有什么目标？",
        "沪府办发〔2025〕23号 第1条 加快建设国际数字广告之都 [1]",
        "会展业呢",
        "沪府办发〔2025〕5号 第12条 推广服务用券 [1]",
    )
    assert [str(ref) for ref in found.clauses] == [f"{ACTIONS} 二/1", f"{MEASURES} 二/(五)/12"]
    assert found.pointed and [document.number for document in found.documents] == [ACTIONS, MEASURES]


@pytest.mark.parametrize(
    "question",
    ["那律所境外设点怎么支持？", "那会展业营收的目标是多少亿？", "那么检验检测机构有哪些政策"],
)
def test_a_question_that_goes_on_keeps_the_document_and_its_own_subject(
    documents: Mapping[str, Document], question: str
) -> None:
    plan = (
        "三年行动计划里广告业的目标？",
        "沪府办发〔2025〕23号 第1条：「到2028年，营收超过4500亿元。」 [1]",
    )
    assert after(documents, question, *plan) == Standalone(question, documents=(documents[ACTIONS],))


@pytest.mark.parametrize(
    "question",
    ["那里的会展业怎么发展？", "那时候法律服务的目标是多少亿元？", "会展业营收的目标是多少亿？"],
)
def test_a_question_that_only_begins_alike_keeps_no_document(
    documents: Mapping[str, Document], question: str
) -> None:
    plan = (
        "三年行动计划里广告业的目标？",
        "沪府办发〔2025〕23号 第1条：「到2028年，营收超过4500亿元。」 [1]",
    )
    assert after(documents, question, *plan).documents == ()


def test_the_document_talked_of_comes_before_others_in_a_question_that_goes_on(desk: Desk) -> None:
    plan = (
        "三年行动计划里广告业的目标？",
        "沪府办发〔2025〕23号 第1条：「到2028年，营收超过4500亿元。」 [1]",
    )
    question = "会计师事务所去中东设点有什么支持？"
    plain, going_on = (desk.ask(text, *plan).retrieved for text in (question, f"那{question}"))
    before = {hit.ref: hit.score for hit in plain}
    gained = {hit.ref: hit.score - before[hit.ref] for hit in going_on if hit.ref in before}
    ours = [gain for ref, gain in gained.items() if ref.document_number == ACTIONS]
    others = [gain for ref, gain in gained.items() if ref.document_number != ACTIONS]
    assert ours and others and min(ours) > max(others) + 1


def test_a_long_message_in_the_talk_does_no_harm(desk: Desk) -> None:
    pasted = "沪府办发〔2025〕23号 第1条 [1]。" + "（三年行动计划，第1条、" * 4000
    answer = desk.ask("那谁负责？", "广告业的目标？", pasted)
    assert answer.status.value != "error" and answer.text


FINANCING = ("降低融资成本说了什么？", "**沪府办发〔2025〕5号 第16条 降低融资成本**：“支持微短剧。” [1]")


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("下一条呢", "二/(六)/17"),
        ("再往下一条讲什么", "二/(六)/17"),
        ("上一条之后有变化吗", "二/(六)/15"),
        ("19条呢", "三/(七)/19"),
    ],
)
def test_the_clause_next_to_the_one_talked_of_is_the_one_of_the_library(
    documents: Mapping[str, Document], question: str, path: str
) -> None:
    found = after(documents, question, *FINANCING)
    assert [str(ref) for ref in found.clauses] == [f"{MEASURES} {path}"] and found.pointed
    assert found.text.startswith(f"{MEASURES}第{path.rpartition('/')[2]}条")


def test_asked_for_the_next_clause_the_answer_is_the_next_clause(desk: Desk) -> None:
    first = desk.ask("5号文第16条说了什么？")
    answer = desk.ask("下一条呢", "5号文第16条说了什么？", first.text)
    assert paths(answer)[0] == f"{MEASURES} 二/(六)/17"


@pytest.mark.parametrize(
    ("question", "talked_of", "invented"),
    [
        ("下一条呢", "第31条", "第32条"),
        ("上一条呢", "第1条", "第0条"),
        ("99条呢", "第16条", f"{MEASURES}第99条"),
    ],
)
def test_beyond_the_first_and_last_clause_nothing_is_invented(
    documents: Mapping[str, Document], question: str, talked_of: str, invented: str
) -> None:
    found = after(documents, question, "说了什么？", f"{MEASURES} {talked_of} [1]")
    assert invented not in found.text and not found.pointed
    assert all(ref.path.endswith(f"/{talked_of[1:-1]}") for ref in found.clauses)


def test_the_neighbour_in_a_document_that_is_not_here_is_named_and_no_more(
    documents: Mapping[str, Document],
) -> None:
    found = after(documents, "下一条说的啥", "有奖励吗", "《涉外法律服务办法》第11条，每人10万元[1]。")
    assert found == Standalone("《涉外法律服务办法》第12条（第11条的下一条） 下一条说的啥")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("换成律所呢？", "律所去中东设点有什么支持？"),
        ("会展那块呢", "会展业去中东设点有什么支持？"),
        ("那HR呢", "人力资源服务业去中东设点有什么支持？"),
    ],
)
def test_a_trade_is_exchanged_by_its_short_name(
    documents: Mapping[str, Document], question: str, text: str
) -> None:
    asked = "会计师事务所去中东设点有什么支持？"
    found = after(documents, question, asked, "沪府办发〔2025〕23号 第5条 [1]")
    assert found.text.endswith(text) and "会计师" not in found.text and found.clauses == ()


@given(messages, talks)
def test_any_question_after_any_talk_becomes_some_question(
    documents: Mapping[str, Document], question: str, history: tuple[Turn, ...]
) -> None:
    assert isinstance(standalone(question, history, documents).text, str)
    assert standalone(question, (), documents) == Standalone(question)


SPOKEN = "What revenue is the HR sector meant to reach by 2028?"
TOLD = "沪府办发〔2025〕23号 第2条 says: 「到2028年，人力资源服务业营收达到3000亿元。」 [1]"


@pytest.mark.parametrize(
    ("question", "search"),
    [
        ("And law firms?", "What revenue is the law firms meant to reach by 2028?"),
        ("What about travel agencies?", "What revenue is the travel agencies meant to reach by 2028?"),
    ],
)
def test_a_trade_is_exchanged_in_english(
    documents: Mapping[str, Document], question: str, search: str
) -> None:
    found = after(documents, question, SPOKEN, TOLD)
    assert (found.search or found.text).endswith(search)


def test_a_district_is_exchanged_in_english(desk: Desk) -> None:
    answer = desk.ask("And Pudong?", "What support is there for HR firms in Jing'an?", TOLD)
    assert answer.standalone.endswith("What support is there for HR firms in Pudong?")


def test_who_runs_it_is_asked_of_what_was_told(desk: Desk) -> None:
    told = "沪府办发〔2025〕5号 第20条 says: 「支持互联网平台通过发放专项餐饮消费券。」 [1]"
    answer = desk.ask("Who runs it?", "Do platforms get anything for dining coupons?", told)
    assert paths(answer) == [f"{MEASURES} 三/(七)/20"] and "市商务委" in answer.text
