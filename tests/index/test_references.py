"""The names people use for documents and clauses, and what each of them names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from index.library import parse_all
from index.references import (
    find_clauses,
    find_documents,
    hinted_documents,
    resolve_clause,
    resolve_document,
    without_hints,
)
from index.types import ClauseRef, ClauseRefError, Document, PolicyError

ACTION, MEASURES, OPINIONS = "沪府办发〔2025〕23号", "沪府办发〔2025〕5号", "沪府发〔2026〕1号"
PLAN, JINGAN = "沪府办发〔2021〕7号", "静府办发〔2021〕12号"
Five = Mapping[str, Document]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("沪府办发〔2025〕5号", [MEASURES]),
        ("沪府办发 〔２０２５〕５号", [MEASURES]),
        ("沪府办发[2025]5号", [MEASURES]),
        ("沪府办发［2025］5号", [MEASURES]),
        ("沪府办发【2025】5号", [MEASURES]),
        ("沪府办发（2025）5号", [MEASURES]),
        ("沪府办发(2025)5号", [MEASURES]),
        ("沪府办发〔2025〕第5号", [MEASURES]),
        ("5号文", [MEASURES]),
        ("今年1号文", [OPINIONS]),
        ("去年的5号文和今年1号文", [MEASURES, OPINIONS]),
        ("５号文", [MEASURES]),
        ("5 号 文件", [MEASURES]),
        ("23号文", [ACTION]),
        ("2025年5号文", [MEASURES]),
        ("2025 年 5 号文", [MEASURES]),
        ("2026年1号文", [OPINIONS]),
        ("2021年5号文", []),
        ("7号文", [PLAN]),
        ("12号文", [JINGAN]),
        ("三年行动计划", [ACTION]),
        ("若干措施", [MEASURES]),
        ("实施意见", [OPINIONS]),
        ("十四五规划", [PLAN]),
        ("“十四五”规划", [PLAN]),
        ("静安十四五", [JINGAN]),
        ("静安区“十四五”规划", [JINGAN]),
        ("静安十四五和十四五规划有什么不同", [JINGAN, PLAN]),
        ("《静安区产业发展“十四五”规划》", [JINGAN]),
        ("《上海市服务业发展“十四五”规划》", [PLAN]),
        ("Doc No.5", [MEASURES]),
        ("document no. 23", [ACTION]),
        ("Circular 7", [PLAN]),
        ("Hu Fu Ban Fa [2025] No. 5", [MEASURES]),
        ("the 14th Five-Year services plan", [PLAN]),
        ("the fourteenth five-year plan for the service sector", [PLAN]),
        ("Jing'an's 14th five-year industry plan", [JINGAN]),
        ("the Jing’an industry plan", [JINGAN]),
        ("the 2025 measures", [MEASURES]),
        ("the measures of 2025", [MEASURES]),
        ("the 2026 implementation opinions", [OPINIONS]),
        ("the three-year action plan 2026–2028", [ACTION]),
        ("the 2026 action plan", [ACTION]),
        ("the 2024 measures", []),
        ("the 2025 measures and Jing'an's plan", [MEASURES, JINGAN]),
        ("We plan some measures in Jing'an", []),
        ("比较5号文、23号文和5号文", [MEASURES, ACTION]),
        ("15号文", []),
        ("法律服务有什么支持", []),
    ],
)
def test_a_document_is_found_by_every_name_of_it(five: Five, text: str, numbers: list[str]) -> None:
    assert [d.number for d in find_documents(text, five)] == numbers


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("5号文第16条", f"{MEASURES} 二/(六)/16"),
        ("5号文第十六条说了什么", f"{MEASURES} 二/(六)/16"),
        ("５号文第１６条", f"{MEASURES} 二/(六)/16"),
        ("5 号文 第 16 条", f"{MEASURES} 二/(六)/16"),
        ("沪府办发［２０２５］５号第16条", f"{MEASURES} 二/(六)/16"),
        ("若干措施16条", f"{MEASURES} 二/(六)/16"),
        ("23号文第二十八条", f"{ACTION} 六/(二)/28"),
        ("三年行动计划第28条", f"{ACTION} 六/(二)/28"),
        ("2026年1号文第(三)条", f"{OPINIONS} 二/(三)"),
        ("2026年1号文第（三）条", f"{OPINIONS} 二/(三)"),
        ("实施意见第3条", f"{OPINIONS} 二/(三)"),
        ("实施意见第（二十一）条", f"{OPINIONS} 五/(二十一)"),
        ("专栏5", f"{PLAN} 三/(二)/2/专栏5"),
        ("十四五规划专栏五", f"{PLAN} 三/(二)/2/专栏5"),
        ("第11个专栏", f"{PLAN} 三/(三)/3/专栏11"),
        ("Article 16 of the 2025 services measures", f"{MEASURES} 二/(六)/16"),
        ("clause no. 16 of Document No. 5", f"{MEASURES} 二/(六)/16"),
        ("Box 5 of the services plan", f"{PLAN} 三/(二)/2/专栏5"),
        ("Doc No.5 clause 8", f"{MEASURES} 二/(三)/8"),
        ("article 16 of document no. 5", f"{MEASURES} 二/(六)/16"),
    ],
)
def test_a_clause_is_found_by_every_name_of_it(five: Five, text: str, ref: str) -> None:
    (mention,) = find_clauses(text, five)
    assert mention.clause is not None
    assert str(mention.clause.ref) == ref


def test_clauses_of_two_documents_are_told_apart(five: Five) -> None:
    found = find_clauses("5号文第16条和23号文第3条", five)
    assert [str(m.clause.ref) for m in found if m.clause] == [f"{MEASURES} 二/(六)/16", f"{ACTION} 二/3"]


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("5号文第40条", MEASURES, "missing"),
        ("5号文专栏5", MEASURES, "missing"),
        ("十四五规划专栏12", PLAN, "missing"),
        ("第16条", None, "ambiguous"),
        ("专栏12", PLAN, "missing"),
    ],
)
def test_a_clause_that_is_not_there_or_not_certain_is_said(
    five: Five, text: str, number: str | None, problem: str
) -> None:
    (mention,) = find_clauses(text, five)
    assert (mention.clause, mention.document and mention.document.number, mention.problem) == (
        None,
        number,
        problem,
    )


def test_a_clause_without_a_document_is_one_of_the_document_talked_about(five: Five) -> None:
    (mention,) = find_clauses("第16条呢", five, [five[MEASURES]])
    assert mention.clause is not None
    assert str(mention.clause.ref) == f"{MEASURES} 二/(六)/16"


def test_every_clause_is_found_by_its_printed_number_and_path(five: Five) -> None:
    for document in five.values():
        assert resolve_document(document.number, five) is document
        for clause in document.clauses:
            assert resolve_clause(document, clause.path) is clause
            assert ClauseRef.parse(str(clause.ref)) == clause.ref


def test_every_numbered_clause_is_found_by_its_label_behind_a_short_name(five: Five) -> None:
    seen = 0
    for document in five.values():
        short = f"{document.number.rpartition('〕')[2]}文"
        for clause in document.clauses:
            if clause.label.startswith("第") and clause.label.endswith("条"):
                (mention,) = find_clauses(short + clause.label, five)
                assert mention.clause is clause
                seen += 1
    assert seen == 28 + 31 + 21


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("二/(六)/16", "二/(六)/16"),
        ("二/（六）/１６", "二/(六)/16"),
        (" 二 / (六) / 16 ", "二/(六)/16"),
        ("第16条", "二/(六)/16"),
        ("第十六条", "二/(六)/16"),
        ("16", "二/(六)/16"),
        ("十六", "二/(六)/16"),
        ("（六）", "二/(六)"),
        ("末段", "末段"),
        ("题头", "题头"),
    ],
)
def test_the_command_line_takes_a_path_a_label_or_a_number(five: Five, text: str, path: str) -> None:
    assert resolve_clause(five[MEASURES], text).path == path


@pytest.mark.parametrize("text", ["40", "第40条", "四十", "x", "", "/"])
def test_a_clause_that_is_not_there_is_refused_with_what_there_is(five: Five, text: str) -> None:
    with pytest.raises(PolicyError, match=rf"^{MEASURES} 没有“.*”，共31条；"):
        resolve_clause(five[MEASURES], text)


def test_a_document_that_is_not_there_is_refused_with_what_there_is(five: Five) -> None:
    with pytest.raises(PolicyError, match=r"没有名为“99号文”的文件；现有：.*沪府办发〔2025〕5号"):
        resolve_document("99号文", five)
    with pytest.raises(PolicyError, match="“5号文和23号文”指多份文件，请写全文号。"):
        resolve_document("5号文和23号文", five)


@pytest.mark.parametrize("text", ["", " ", "沪府办发〔2025〕5号", "沪府办发〔2025〕5号 ", " 二/1"])
def test_what_names_no_clause_is_no_reference(text: str) -> None:
    with pytest.raises(ClauseRefError, match="不是条款编号；请写成“文号 路径”"):
        ClauseRef.parse(text)


def test_of_two_documents_with_one_short_name_the_newer_is_meant(tmp_path: Path) -> None:
    for year in (2023, 2025):
        (tmp_path / f"{year}.txt").write_text(f"某府〔{year}〕5号\n一、目标\n做强。", encoding="utf-8")
    documents = {d.number: d for d in parse_all(tmp_path)[0]}
    assert [d.number for d in find_documents("5号文", documents)] == ["某府〔2025〕5号"]
    assert [d.number for d in find_documents("2023年5号文", documents)] == ["某府〔2023〕5号"]


NOT_YET_FOUND = [
    ("沪府办发 〔２０２５〕 ５ 号", [MEASURES]),
    ("沪府办发(2025) 5号", [MEASURES]),
    ("我想了解2026年1号文", [OPINIONS]),
    ("我想问〔2025〕5号", [MEASURES]),
    ("静安的十四五规划", [JINGAN]),
    ("静安区的十四五规划", [JINGAN]),
    ("五号文", [MEASURES]),
    ("there is no 5% subsidy", []),
    ("a casino 5 stars", []),
]


@pytest.mark.parametrize(("text", "numbers"), NOT_YET_FOUND)
def test_a_document_is_found_by_these_names_too(five: Five, text: str, numbers: list[str]) -> None:
    assert [d.number for d in find_documents(text, five)] == numbers


NOT_YET_RESOLVED = [
    ("沪府办发〔2025〕5号 二/(六)/16", [f"{MEASURES} 二/(六)/16"]),
    ("5号文第(三)条", [f"{MEASURES} 二/(三)"]),
    ("5号文第16、17条", [f"{MEASURES} 二/(六)/16", f"{MEASURES} 二/(六)/17"]),
    ("静安十四五第三部分", [f"{JINGAN} 三"]),
    ("上海扩大开放100条是什么", []),
    ("5号文有31条措施吗", []),
]


@pytest.mark.parametrize(("text", "refs"), NOT_YET_RESOLVED)
def test_a_clause_is_found_by_these_names_too(five: Five, text: str, refs: list[str]) -> None:
    assert [str(m.clause.ref) if m.clause else m.problem for m in find_clauses(text, five)] == refs


def test_a_path_of_another_section_is_not_taken_for_the_number_alone(five: Five) -> None:
    with pytest.raises(PolicyError):
        resolve_clause(five[MEASURES], "二/(六)/5")  # measure 5 stands in 一/(二)


def test_a_circled_number_is_found_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、甲\n①乙。\n②丙。\n二、丁\n戊。", encoding="utf-8")
    (document,), _ = parse_all(tmp_path)
    assert resolve_clause(document, "一/②").path == "一/②"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("5号文第1条到第3条", ["第1条", "第2条", "第3条"]),
        ("5号文第1至3条", ["第1条", "第2条", "第3条"]),
        ("5号文第1条和第3条", ["第1条", "第3条"]),
        ("5号文第16、17条", ["第16条", "第17条"]),
        ("5号文第三条到第一条", ["第3条", "第1条"]),
    ],
)
def test_a_range_names_every_clause_in_it_and_a_list_only_those_listed(
    five: Five, text: str, labels: list[str]
) -> None:
    assert [mention.clause and mention.clause.label for mention in find_clauses(text, five)] == labels


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("沪府办发〔2021〕7号第四部分(三):将临港", f"{PLAN} 四/(三)"),
        ("沪府发〔2026〕1号第三部分（八）", f"{OPINIONS} 三/(八)"),
        ("静府办发〔2021〕12号第四部分(四)3", f"{JINGAN} 四/(四)/3"),
        ("静府办发〔2021〕12号第四部分", f"{JINGAN} 四"),
    ],
)
def test_a_clause_may_be_named_from_its_part_down(five: Five, text: str, ref: str) -> None:
    (mention,) = find_clauses(text, five)
    assert mention.clause is not None and str(mention.clause.ref) == ref


@pytest.mark.parametrize(
    "text",
    [
        "《养老服务若干措施》有什么",
        "《人才安居若干措施》有什么",
        "《低空经济三年行动计划》有什么",
        "《宠物医疗实施意见》有什么",
        "养老服务若干措施",
        "养老服务三年行动计划",
        "会展业若干措施说了啥",
        "低空经济三年行动计划",
        "智能网联汽车“十四五”规划",
    ],
)
def test_the_title_of_another_document_is_not_taken_for_its_last_words(five: Five, text: str) -> None:
    assert find_documents(text, five) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("《若干措施》", [MEASURES]),
        ("《服务业若干措施》", [MEASURES]),
        ("服务业若干措施", [MEASURES]),
        ("《三年行动计划》和《实施意见》", [ACTION, OPINIONS]),
        ("租赁和商务服务业三年行动计划", [ACTION]),
        ("《租赁和商务服务业三年行动计划（2026—2028年）》", [ACTION]),
        ("《关于推进服务业扩能提质的实施意见》", [OPINIONS]),
        ("《上海市促进服务业创新发展若干措施》", [MEASURES]),
        ("想问若干措施", [MEASURES]),
        ("按照若干措施", [MEASURES]),
        ("全市十四五规划", [PLAN]),
        ("《养老服务若干措施》和5号文", [MEASURES]),
        ("《养老服务若干措施》和若干措施", [MEASURES]),
    ],
)
def test_the_title_of_a_document_is_its_own_whole_or_cut(five: Five, text: str, numbers: list[str]) -> None:
    assert [d.number for d in find_documents(text, five)] == numbers


def test_every_full_title_names_its_document_with_and_without_its_marks(five: Five) -> None:
    for document in five.values():
        for text in (document.title, f"《{document.title}》", f"请问{document.title}还有效吗"):
            assert [d.number for d in find_documents(text, five)] == [document.number]


@pytest.mark.parametrize(
    "title", ["人才安居若干措施", "宠物医疗三年行动计划", "人才安居实施意见", "养老服务若干措施"]
)
def test_a_clause_of_another_title_is_not_taken_for_one_of_ours(five: Five, title: str) -> None:
    assert [mention.clause for mention in find_clauses(f"《{title}》第3条说了什么", five)] == [None]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("那个三年计划", [ACTION]),
        ("三年行动计划", [ACTION]),
        ("五年计划里怎么说", [PLAN]),
        ("静安的五年计划", [JINGAN]),
        ("市十四五", [PLAN]),
        ("市十四五和静安十四五", [JINGAN, PLAN]),
        ("静安的规划", [JINGAN]),
        ("市规划和静安规划", [JINGAN, PLAN]),
        ("全市的规划和静安的规划", [JINGAN, PLAN]),
        ("今年的意见", [OPINIONS]),
        ("去年的意见", []),
        ("2021年的规划", [PLAN]),
        ("21年规划", [PLAN]),
        ("三年内的目标", []),
    ],
)
def test_what_points_at_a_document_without_naming_it(five: Five, text: str, numbers: list[str]) -> None:
    assert [d.number for d in hinted_documents(text, five, 2026)] == numbers


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2021年的规划和今年的实施意见里云量贷怎么写，有什么不同", "云量贷"),
        ("5号文和23号文对比，会展业怎么扶持", "会展业怎么扶持"),
        ("跨国公司总部，市十四五和静安十四五各是多少", "跨国公司总部"),
        ("若干措施和实施意见是一回事吗", ""),
        ("《上海市服务业发展“十四五”规划》里的75%", "75%"),
    ],
)
def test_without_hints_the_subject_of_a_comparison_is_left(five: Five, text: str, rest: str) -> None:
    left = without_hints(text, five)
    assert rest in left
    named = ("规划", "意见", "措施", "号文", "十四五", "20", "一回事", "对比", "不同", "各")
    assert not any(word in left for word in named)
