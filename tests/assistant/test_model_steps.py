"""The steps before the answer that a model may help with: what it may change, and what stays when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.assist import Model
from assistant.compose.model_client import ModelClient
from assistant.session import Session
from assistant.settings import Settings
from assistant.types import Answer, Question
from eval.models.server import Said, ScriptedModel, scripted_model
from index.search import Searcher
from tests.assistant.support import AS_OF, talk

pytestmark = pytest.mark.usefixtures("only_loopback")
Ask = Callable[..., Answer]
TALK = ("会计师事务所去中东设点有什么支持?", "根据沪府办发〔2025〕23号 第28条：对赴境外设点予以支持。 [1]")


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model([Said("")]) as running:
        yield running


@pytest.fixture
def ask(server: ScriptedModel, searcher: Searcher) -> Ask:
    def asked(steps: str, said: Any, question: str, *history: str) -> Answer:
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        server.script = [Said(text)]
        known = Settings(
            model="openai:qwen-plus",
            model_base_url=server.base_url,
            model_api_key=SecretStr("k"),
            model_steps=tuple(steps.split(",")),
        )
        model = Model(known)
        model.client = ModelClient(known, pauses_s=(0.02, 0.02))
        return Session(searcher, model).ask(Question(question, AS_OF, talk(*history)))

    return asked


def sent(server: ScriptedModel) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(server.asked[-1]["messages"][1]["content"])
    return data


def test_a_follow_up_is_asked_as_the_model_puts_it(ask: Ask, server: ScriptedModel) -> None:
    whole = "律师事务所去东南亚设点有什么支持?"
    answer = ask("standalone", {"question": whole}, "换成律所去东南亚呢", *TALK)
    assert answer.standalone == whole
    assert sent(server)["history"][0]["content"] == TALK[0]
    assert "沪府办发" not in json.dumps(sent(server), ensure_ascii=False)


def test_a_question_without_a_talk_is_not_sent(ask: Ask, server: ScriptedModel) -> None:
    ask("standalone", {"question": "x"}, "会计师事务所去中东设点有什么支持?")
    assert server.asked == []


def test_what_was_counted_off_a_list_is_not_left_to_the_model(ask: Ask, server: ScriptedModel) -> None:
    listed = "与您的情况相关的条款如下：\n- **沪府办发〔2025〕23号 第28条** [1]\n- **沪府办发〔2025〕5号 第14条** [2]"
    ask("standalone", {"question": "x"}, "第二条展开讲讲", TALK[0], listed)
    assert server.asked == []


@pytest.mark.parametrize(
    "said",
    [
        '{"question": "补贴500万元的办法还有效吗?"}',
        '{"question": "⟦9⟧有什么支持?"}',
        "不知道",
        '{"question": ""}',
    ],
)
def test_a_rewriting_with_figures_of_its_own_or_none_at_all_leaves_the_rules_reading(
    ask: Ask, searcher: Searcher, said: str
) -> None:
    rules = Session(searcher).ask(Question("换成律所去东南亚呢", AS_OF, talk(*TALK)))
    answer = ask("standalone", said, "换成律所去东南亚呢", *TALK)
    assert (answer.standalone, answer.text) == (rules.standalone, rules.text)


def test_policy_words_of_the_model_are_searched_for_and_never_told(ask: Ask) -> None:
    plain = ask("rerank", {"order": []}, "公司账上快没钱了咋整")
    helped = ask(
        "understand", {"intent": "support", "keywords": ["贷款贴息", "融资担保"]}, "公司账上快没钱了咋整"
    )
    wanted = {hit.ref.path for hit in helped.retrieved} - {hit.ref.path for hit in plain.retrieved}
    assert wanted and "融资担保" not in helped.standalone


def test_the_clauses_found_are_put_in_the_model_s_order(ask: Ask, server: ScriptedModel) -> None:
    rules = ask("rerank", {"order": []}, "会计师事务所去中东设点有什么支持?")
    assert len(sent(server)["materials"]) == len(rules.retrieved)
    moved = ask("rerank", {"order": [3, 99, 3, -1]}, "会计师事务所去中东设点有什么支持?")
    first = [hit.ref for hit in rules.retrieved]
    assert [hit.ref for hit in moved.retrieved] == [first[2], *first[:2], *first[3:]]
    assert [hit.score for hit in moved.retrieved] == [hit.score for hit in rules.retrieved]


def test_a_clause_that_the_question_names_keeps_its_place(ask: Ask) -> None:
    answer = ask("rerank", {"order": [5]}, "5号文第14条和境外办展有关系吗?")
    assert answer.retrieved[0].ref.path.endswith("/14")


def test_what_the_model_doubts_is_left_out(server: ScriptedModel, searcher: Searcher) -> None:
    true, also = "对赴境外设点、加入国际合作网络等予以支持。", "可以优化会计师事务所等境外分支机构备案流程。"

    def script(request: dict[str, Any]) -> Said:
        data = json.loads(request["messages"][1]["content"])
        if "sentences" in data:
            assert [row["n"] for row in data["sentences"]] == [1, 2] and data["sentences"][0]["clauses"]
            return Said('{"unsupported": [2]}')
        rows = [{"text": text, "evidence": [1]} for text in (true, also)]
        return Said(json.dumps({"sentences": rows, "complete": "full", "missing": []}, ensure_ascii=False))

    server.script = script
    known = Settings(
        model="openai:qwen-plus",
        model_base_url=server.base_url,
        model_api_key=SecretStr("k"),
        model_steps=("compose", "check"),
    )
    answer = Session(searcher, Model(known)).ask(Question(TALK[0], AS_OF))
    assert answer.text.startswith(true) and also not in answer.text
    assert answer.usage is not None and answer.usage.calls == 2


def test_a_step_that_is_not_switched_on_sends_nothing(ask: Ask, server: ScriptedModel) -> None:
    ask("check", {}, "换成律所去东南亚呢", *TALK)
    assert server.asked == []
