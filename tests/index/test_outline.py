"""The general grammar: small documents in, whole outlines out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from index.library import parse_all
from index.outline import outline
from index.types import Document, Kind

Parse = Callable[[str], tuple[Document, list[str]]]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    def run(text: str) -> tuple[Document, list[str]]:
        (tmp_path / "办法.txt").write_text(text, encoding="utf-8")
        (document,), problems = parse_all(tmp_path)
        return document, problems

    return run


def rows(document: Document) -> list[tuple[str, str, str]]:
    return [(c.path, c.label, c.text) for c in document.clauses]


LAW = """某市优化营商环境办法

某府规〔2025〕3号

第一章 总则
第一条 为了优化营商环境，制定本办法。
第二条 本办法所称营商环境，包括下列事项：
（一）政务环境；
（二）市场环境：
1.准入；
2.退出。
第二章 服务
第一节 登记
第三条 登记机关应当当场办结。第二条规定的事项除外。
市场监管部门负责实施。
第二节 信贷
第四条 银行应当提供信贷。
第三章 附则
第五条 本办法自2025年1月1日起施行，有效期五年。
"""


def test_rules_in_chapters_and_articles(parse: Parse) -> None:
    document, problems = parse(LAW)
    assert problems == []
    assert (document.number, document.title) == ("某府规〔2025〕3号", "某市优化营商环境办法")
    assert (document.effective_from, document.effective_to) == (date(2025, 1, 1), date(2029, 12, 31))
    assert rows(document) == [
        ("题头", "题头", "某市优化营商环境办法\n某府规〔2025〕3号"),
        ("第1章", "第1章", "第一章总则"),
        ("第1章/第1条", "第1条", "第一条为了优化营商环境，制定本办法。"),
        ("第1章/第2条", "第2条", "第二条本办法所称营商环境，包括下列事项："),
        ("第1章/第2条/(一)", "第1章第2条(一)", "（一）政务环境；"),
        ("第1章/第2条/(二)", "第1章第2条(二)", "（二）市场环境："),
        ("第1章/第2条/(二)/1", "第1章第2条(二)1", "1.准入；"),
        ("第1章/第2条/(二)/2", "第1章第2条(二)2", "2.退出。"),
        ("第2章", "第2章", "第二章服务"),
        ("第2章/第1节", "第1节", "第一节登记"),
        (
            "第2章/第1节/第3条",
            "第3条",
            "第三条登记机关应当当场办结。第二条规定的事项除外。\n市场监管部门负责实施。",
        ),
        ("第2章/第2节", "第2节", "第二节信贷"),
        ("第2章/第2节/第4条", "第4条", "第四条银行应当提供信贷。"),
        ("第3章", "第3章", "第三章附则"),
        ("第3章/第5条", "第5条", "第五条本办法自2025年1月1日起施行，有效期五年。"),
    ]


OPINIONS = """某市人民政府关于支持会展业的意见
某府〔2024〕12号

各区人民政府：
为支持会展业，提出如下意见。
一、总体要求
坚持市场导向。
二、主要任务
（一）引进展会。对新办展会给予奖励。（责任单位：市商务委）
1．国际展。
2．国内展。
（二）培育主体。支持会展企业。
① 做强。
② 做优。
三、保障措施
加强领导。
某市人民政府
2024年5月6日
（此件公开发布）

附件1
会展目录
一、国际展会
进博会。
二、国内展会
工博会。
附件2
联系人
某某办公室

2024年5月7日印发
"""


def test_opinions_with_annexes(parse: Parse) -> None:
    document, problems = parse(OPINIONS)
    assert problems == []
    facts = (document.number, document.title, document.issuer, document.signed, document.printed)
    assert facts == (
        "某府〔2024〕12号", "某市人民政府关于支持会展业的意见", "某市人民政府", date(2024, 5, 6), date(2024, 5, 7),
    )  # fmt: skip
    assert [(c.path, c.label, c.title) for c in document.clauses] == [
        ("题头", "题头", "题头"),
        ("引言", "引言", "引言"),
        ("一", "第一部分", "总体要求"),
        ("二", "第二部分", "主要任务"),
        ("二/(一)", "二(一)", "引进展会"),
        ("二/(一)/1", "二(一)1", "国际展"),
        ("二/(一)/2", "二(一)2", "国内展"),
        ("二/(二)", "二(二)", "培育主体"),
        ("二/(二)/①", "二(二)①", "做强"),
        ("二/(二)/②", "二(二)②", "做优"),
        ("三", "第三部分", "保障措施"),
        ("末段", "末段", "末段"),
        ("附件1", "附件1", "会展目录"),
        ("附件1/一", "附件1一", "国际展会"),
        ("附件1/二", "附件1二", "国内展会"),
        ("附件2", "附件2", "联系人"),
    ]
    closing = document.clause("末段")
    assert closing is not None
    assert closing.text == "某市人民政府\n2024年5月6日\n（此件公开发布）"


def test_a_list_of_annexes_before_the_text_is_no_chapter() -> None:
    found = outline("关于会展的通知\n附件：1.目录\n2.名单\n一、目标\n做强。\n二、任务\n做优。")
    assert [c.path for c in found.clauses] == ["题头", "引言", "一", "二"]


def test_a_skipped_number_is_taken_and_said() -> None:
    found = outline("一、甲\n甲。\n三、丙\n丙。")
    assert [(c.path, c.text) for c in found.clauses] == [("一", "一、甲\n甲。"), ("三", "三、丙\n丙。")]
    assert found.warnings == ("“三、丙”之前少一个编号，请核对原文。",)


def test_a_number_out_of_its_row_stays_in_the_clause_before_and_is_said() -> None:
    found = outline("一、甲\n甲。\n六、己\n己。\n二、乙\n乙。")
    assert [(c.path, c.text) for c in found.clauses] == [
        ("一", "一、甲\n甲。\n六、己\n己。"),
        ("二", "二、乙\n乙。"),
    ]
    assert found.warnings == ("“六、己”的编号与前文不连续，已并入上一条，请核对原文。",)


def test_a_document_without_headings_is_one_clause_a_paragraph_with_a_warning() -> None:
    found = outline("只有一段话。\n\n第二段话，由市商务委牵头。")
    assert [(c.path, c.kind, c.text) for c in found.clauses] == [
        ("第1段", Kind.PARAGRAPH, "只有一段话。"),
        ("第2段", Kind.PARAGRAPH, "第二段话，由市商务委牵头。"),
    ]
    assert found.warnings == ("没有找到任何标题，每段作为一条；如需按条检索，请检查文件的标题编号。",)


def test_a_lost_bracket_does_not_swallow_the_next_measure() -> None:
    found = outline(
        "一、任务\n（一）支持会展。对举办国际会展的企业给予奖励，提供便利（责任单位：市商务委\n（二）支持广告。给予补贴。\n（三）支持咨询。"
    )
    assert [c.path for c in found.clauses] == ["一", "一/(一)", "一/(二)", "一/(三)"]


def test_a_number_that_comes_twice_gets_a_counter_and_keeps_its_children() -> None:
    found = outline("一、甲\n（一）子。\n二、乙\n一、又一甲\n（一）又一子。")
    assert [c.path for c in found.clauses] == ["一", "一/(一)", "二", "一~2", "一~2/(一)"]


def test_words_that_only_look_like_headings_are_text() -> None:
    text = (
        "一、目标\n3.2%左右的增速。\n2526.94 亿元的税收。\n第三条规定的事项。\n10家企业。\n二、任务\n做好。"
    )
    assert [c.path for c in outline(text).clauses] == ["一", "二"]


def test_a_table_keeps_its_rows_and_the_text_goes_on_behind_it() -> None:
    table = "主要指标\n序号 指标 单位 数值\n1 营收 亿元 10\n2 税收 ％ ２０左右\n"
    text = f"一、目标\n（一）指标\n{table}以上指标为预期性。\n（二）任务\n做好。"
    clauses = outline(text).clauses
    assert [c.path for c in clauses] == ["一", "一/(一)", "一/(一)/表", "一/(一)#续", "一/(二)"]
    assert clauses[2].rows == (
        ("序号", "指标", "单位", "数值"),
        ("1", "营收", "亿元", "10"),
        ("2", "税收", "%", "20左右"),
    )
    assert clauses[2].title == "主要指标"
    assert clauses[3].text == "以上指标为预期性。"


def test_one_short_sentence_at_a_paragraphs_start_is_no_run_in_heading() -> None:
    assert [c.path for c in outline("一、任务\n法律服务。支持律师。\n二、保障\n加强领导。").clauses] == [
        "一",
        "二",
    ]
    two = outline("一、任务\n法律服务。支持律师。\n广告服务。支持广告。\n二、保障\n加强领导。")
    assert [c.path for c in two.clauses] == ["一", "一#法律服务", "一#广告服务", "二"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("第一编 总则\n第一章 原则\n第一条 甲。", "第1编/第1章/第1条"),
        ("第一条 甲：\n第一款 乙：\n第一项 丙。", "第1条/第1款/第1项"),
        ("一、甲\n（一）乙\n1.丙。\n(1)丁。\n①戊。", "一/(一)/1/(1)/①"),
        ("一、甲\n（一）乙\n1、丙。\n1)丁。", "一/(一)/1/(1)"),
        ("一、甲\n专栏1 乙\n丙。", "一/专栏1"),
        ("一、甲\n专栏一：乙\n丙。", "一/专栏1"),
        ("一、甲\n附件\n目录", "附件"),
        ("**一、甲**\n\n## （一）乙\n\n丙。", "一/(一)"),
        ("十、甲", "第1段"),
    ],
)
def test_every_form_of_heading_has_its_path(text: str, path: str) -> None:
    assert outline(text).clauses[-1].path == path


def test_an_empty_text_has_no_clauses() -> None:
    assert outline("").clauses == ()
    assert outline(" \n\u3000\n---\n").clauses == ()
