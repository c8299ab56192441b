"""The five documents, clause by clause: what a reader of the paper finds under each number.

`golden/` holds the whole outline of each document (path, kind, label, title), read against the paper once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from index.types import Clause, Document, Kind
from tests.index.faithful import expected_letters, found_letters

ROOT = Path(__file__).resolve().parents[2]
ACTION, MEASURES, OPINIONS = "沪府办发〔2025〕23号", "沪府办发〔2025〕5号", "沪府发〔2026〕1号"
PLAN, JINGAN = "沪府办发〔2021〕7号", "静府办发〔2021〕12号"
ALL = (ACTION, MEASURES, OPINIONS, PLAN, JINGAN)
Five = Mapping[str, Document]


def clause(five: Five, number: str, path: str) -> Clause:
    found = five[number].clause(path)
    assert found is not None, f"{number} {path}"
    return found


def paths(document: Document, pattern: str) -> list[str]:
    return [c.path for c in document.clauses if re.fullmatch(pattern, c.path)]


@pytest.mark.parametrize("number", ALL)
def test_the_outline_is_the_one_on_paper(five: Five, number: str) -> None:
    document = five[number]
    golden = (Path(__file__).parent / "golden" / document.file).read_text(encoding="utf-8")
    assert [
        f"{c.path} | {c.kind.value} | {c.label} | {c.title}" for c in document.clauses
    ] == golden.splitlines()


@pytest.mark.parametrize("number", ALL)
def test_every_letter_of_the_file_stands_in_one_clause(five: Five, number: str) -> None:
    document = five[number]
    source = (ROOT / "documents" / document.file).read_text(encoding="utf-8")
    assert found_letters(document.clauses) == expected_letters(source, document.edits)


@pytest.mark.parametrize("number", ALL)
def test_paths_are_unique_and_hang_together(five: Five, number: str) -> None:
    every = [c.path for c in five[number].clauses]
    assert len(set(every)) == len(every)
    above = {re.sub(r"(?:/|(?=#))[^/#]+$", "", path) for path in every if "/" in path or "#" in path}
    assert above <= set(every)


def test_nothing_else_was_edited(five: Five) -> None:
    edits = {number: [(e.rule, e.before, e.line) for e in five[number].edits] for number in ALL}
    assert edits == {
        ACTION: [("repair: OCR 漏了顿号；文内标题写作“空间聚集、要素聚集”", "空间聚集要素聚集", 7)],
        MEASURES: [("page_number", "—１—", 22)],
        OPINIONS: [
            ("repair: OCR 把“等”识别成 etc", "科技服务、专业服务 etc 知识密集", 59),
            ("repair: OCR 把“等”识别成 etc", "科技服务、专业服务 etc 知识密集", 75),
        ],
        PLAN: [
            ("page_number", "—７—", 275),
            ("page_number", "—８—", 323),
            ("page_number", "—８１—", 782),
            ("page_number", "—１２—", 930),
        ],
        JINGAN: [("stray_link", "https://baike.so.com/doc/1413580-1494367.html", 790)],
    }


def test_the_action_plan_has_28_measures_in_6_chapters(five: Five) -> None:
    document = five[ACTION]
    assert paths(document, "[一二三四五六]") == ["一", "二", "三", "四", "五", "六"]
    measures = [c for c in document.clauses if re.search(r"/\d+$", c.path)]
    assert [c.label for c in measures] == [f"第{n}条" for n in range(1, 29)]
    assert [c.path.rpartition("/")[0] for c in measures] == (
        ["二"] * 7 + ["三/(一)"] * 2 + ["三/(二)"] * 5 + ["三/(三)"] + ["四/(一)"] * 3 + ["四/(二)"] * 2
        + ["四/(三)"] + ["五"] * 3 + ["六/(一)"] * 2 + ["六/(二)"] * 2
    )  # fmt: skip


def test_the_measures_are_31_in_4_chapters_and_13_sections(five: Five) -> None:
    document = five[MEASURES]
    assert paths(document, "[一二三四]") == ["一", "二", "三", "四"]
    assert len(paths(document, r".*\([一二三十]+\)|.*\([四五六七八九]\)")) == 13
    measures = [c for c in document.clauses if re.search(r"/\d+$", c.path)]
    assert [c.label for c in measures] == [f"第{n}条" for n in range(1, 32)]
    assert all(c.departments for c in measures)


def test_the_opinions_have_21_items_numbered_through_five_chapters(five: Five) -> None:
    items = [c for c in five[OPINIONS].clauses if "/" in c.path]
    numbers = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十 二十一".split()  # noqa: SIM905
    assert [c.label for c in items] == [f"第({n})条" for n in numbers]
    assert [c.path[0] for c in items] == ["二"] * 6 + ["三"] * 5 + ["四"] * 4 + ["五"] * 6
    assert all(c.departments for c in items)


def test_the_plan_has_five_chapters_and_eleven_boxes_in_their_places(five: Five) -> None:
    document = five[PLAN]
    assert paths(document, "[一二三四五]") == ["一", "二", "三", "四", "五"]
    assert {c.path: c.title for c in document.clauses if c.kind is Kind.BOX} == {
        "三/(一)/1/专栏1": "提升金融服务能级专项行动",
        "三/(一)/2/专栏2": "提升国际贸易服务能级专项行动",
        "三/(一)/3/专栏3": "提升航运服务能级专项行动",
        "三/(一)/4/专栏4": "提升科技创新服务能级专项行动",
        "三/(二)/2/专栏5": "提升专业服务能级专项行动",
        "三/(二)/3/专栏6": "推动世界设计之都建设专项行动",
        "三/(三)/1/专栏7": "建设全球健康城市专项行动",
        "三/(三)/1/专栏8": "建设国际老年友好城市专项行动",
        "三/(三)/2/专栏9": "扩大品质教育供给专项行动",
        "三/(三)/3/专栏10": "深化世界著名旅游城市建设专项行动",
        "三/(三)/3/专栏11": "建设国际体育赛事之都专项行动",
    }


def test_text_after_a_box_belongs_to_the_body_again(five: Five) -> None:
    after = clause(five, PLAN, "三/(三)/1#养老服务")
    assert after.text.startswith("养老服务。以扩大养老服务增长空间为重点，")
    assert after.text.endswith("等平台，促进养老产业供需对接。")
    assert clause(five, PLAN, "三/(三)/1/专栏7").text.endswith("健全全民健身公共服务体系。")
    assert clause(five, PLAN, "三/(二)/3#节能环保服务").text.startswith("节能环保服务。提升自主创新能力，")
    assert clause(five, PLAN, "三/(二)/3/专栏6").text.endswith(
        "重点布局江南智造创意街区、昌平路设计集聚带等。"
    )
    assert clause(five, PLAN, "三/(一)/2").text.startswith("2.提升贸易服务全球枢纽位势\n适应国际贸易")


def test_a_box_with_an_indent_inside_stays_whole(five: Five) -> None:
    box = clause(five, PLAN, "三/(一)/2/专栏2")
    assert [p[:12] for p in box.text.split("\n")] == [
        "专栏2：提升国际贸易服务",
        "紧紧围绕“提升开放能级、",
        "推动服务业高水平开放。进",
    ]
    assert box.text.endswith("新引进品牌首家首店2400家以上，打响160个引领型本土品牌。")


def test_the_indicator_table_keeps_its_rows(five: Five) -> None:
    table = clause(five, PLAN, "二/(三)/表")
    assert (table.kind, table.title) == (Kind.TABLE, "上海“十四五”服务业发展主要指标")
    assert table.rows == (
        ("序号", "指标名称", "单位", "指标属性", "2025年"),
        ("1", "服务业增加值占全市生产总值比重", "%", "预期性", "75左右"),
        ("2", "生产性服务业增加值占全市服务业增加值比重", "%", "预期性", "66.7左右"),
        ("3", "金融市场成交额", "万亿元", "预期性", "2800左右"),
        ("4", "金融市场直接融资额占国内直接融资额比重", "%", "预期性", "85左右"),
        ("5", "国际展览面积占比", "%", "预期性", "80左右"),
        ("6", "每万人口高价值发明专利拥有量", "件", "预期性", "30左右"),
        ("7", "跨国公司地区总部数量", "家", "预期性", "累计1000左右"),
        ("8", "贸易型总部数量", "家", "预期性", "累计300左右"),
        ("9", "通过“上海品牌”认证的产品和服务数量", "项", "预期性", "累计300左右"),
        ("10", "服务业创新发展示范区数量", "个", "预期性", "大于25"),
    )
    assert table.text.split("\n") == [table.title, *(" ".join(row) for row in table.rows)]


def test_run_in_headings_are_sub_clauses(five: Five) -> None:
    found: dict[str, list[str]] = {}
    for c in five[PLAN].clauses:
        if c.kind is Kind.RUN_IN:
            above, _, name = c.path.rpartition("#")
            found.setdefault(above, []).append(name)
    assert found == {
        "二/(二)": ["数字赋能", "业态融合", "规则创新", "生态培育", "品牌塑造"],
        "三/(二)/1": ["软件和信息服务", "工业互联网", "大数据服务", "机器人智能服务"],
        "三/(二)/2": ["法律服务", "财务会计咨询服务", "检验检测认证服务", "广告服务", "人力资源服务"],
        "三/(二)/3": [
            "总集成总承包", "现代供应链", "物流服务", "研发设计服务", "节能环保服务", "制造衍生服务",
        ],
        "三/(三)/1": ["健康服务", "养老服务"],
        "三/(三)/2": ["文化创意", "教育培训"],
        "三/(三)/3": ["会展", "旅游", "体育"],
        "三/(三)/4": ["批发零售", "住宿餐饮", "家政服务"],
    }  # fmt: skip
    law = clause(five, PLAN, "三/(二)/2#法律服务")
    assert (law.label, law.headings[-1]) == ("三(二)2“法律服务”", "2.发展智力驱动型专业服务")


def test_jingan_has_five_chapters_whose_numbers_restart(five: Five) -> None:
    document = five[JINGAN]
    assert paths(document, "[一二三四五]") == ["一", "二", "三", "四", "五"]
    counts = {path: len(paths(document, re.escape(path) + r"/\d+")) for path in paths(document, r"./\(.\)")}
    assert {path: n for path, n in counts.items() if n} == {
        "一/(一)": 4, "一/(二)": 4, "二/(一)": 4, "二/(二)": 3,
        "四/(一)": 6, "四/(二)": 3, "四/(三)": 4, "四/(四)": 5,
    }  # fmt: skip
    assert paths(document, r"五/\(.\)") == [f"五/({n})" for n in "一二三四五六"]


def test_dashed_sub_headings_are_sub_clauses(five: Five) -> None:
    assert paths(five[JINGAN], r"三/\(二\)#.*") == [
        "三/(二)#坚持引进来和走出去并重",
        "三/(二)#坚持外资企业和内资企业并重",
        "三/(二)#坚持优存量和做增量并重",
        "三/(二)#坚持项目带动和平台支撑并重",
    ]
    first = clause(five, JINGAN, "三/(二)#坚持引进来和走出去并重")
    assert first.text.startswith("——坚持引进来和走出去并重\n牢牢抓住我国新一轮对外开放契机")


@pytest.mark.parametrize(
    ("number", "path", "heading"),
    [
        (PLAN, "三/(一)", "（一）突出全球资源融通配置，增强城市核心服务功能国际竞争力"),
        (PLAN, "三/(二)", "（二）推动两业深度融合创新，抢占高端生产服务价值链制高点"),
        (JINGAN, "四/(三)/2", "2.提升南京西路高端服务集聚带能级，打造世界级中央活动区"),
        (JINGAN, "四/(三)/3", "3.培育苏河湾滨水商务集聚带功能，建成世界级滨水中央活动区"),
        (JINGAN, "四/(三)/4", "4.激发中环两翼创新创意集聚带融合发展，实现科创文创两翼齐飞"),
    ],
)
def test_headings_broken_over_lines_are_whole(five: Five, number: str, path: str, heading: str) -> None:
    assert clause(five, number, path).text.split("\n")[0] == heading


@pytest.mark.parametrize(
    ("number", "path", "sentence"),
    [
        (PLAN, "二/(三)/2", "口岸货物进出口总额占全球比重稳定在3.2%左右，金融市场直接融资额"),
        (PLAN, "一/(一)/2", "较2015年增长156.4%。"),
        (JINGAN, "一/(一)/1", "累计实现税收总收入2526.94亿元，占全区总税收比重73.33%。"),
        (JINGAN, "一/(一)/1", "占总税收比重15.1%。专业服务业优势加快构筑。"),
        (JINGAN, "一/(二)/4", "环上大地区低效工业用地占比达74%。"),
        (JINGAN, "二/(二)/1", "2020年至2035年全球经济平均增速约为2.6%，"),
    ],
)
def test_figures_at_a_line_start_are_no_items(five: Five, number: str, path: str, sentence: str) -> None:
    assert sentence in clause(five, number, path).text


@pytest.mark.parametrize(
    ("number", "path", "sentence"),
    [
        (PLAN, "三/(二)/2#人力资源服务", "建立“线下一门受理，线上一网通办”的公共服务办事机制"),
        (PLAN, "三/(二)/3#节能环保服务", "发挥长三角资源综合利用合作平台作用，促进区域产业协作。"),
        (JINGAN, "四/(三)/1", "以资源要素流动促进“三带”联动"),
        (ACTION, "二/1", "设立“生成式人工智能广告设计师”新工种。"),
        (ACTION, "三/(一)/8", "支持黄浦外滩区域、浦东陆家嘴和世博前滩等沿江区域"),
        (OPINIONS, "四/(十三)", "举办绿色消费季主题活动。（责任单位：市经济信息化委、"),
        (OPINIONS, "五/(二十)", "市发展改革委、市经济信息化委、市商务委、市财政局"),
        (PLAN, "三/(一)/2", "健全数字经济领域的知识产权综合服务，打造数字贸易公共数据库"),
        (PLAN, "四/(二)", "打造以延安路-世纪大道为轴线的服务业创新发展带。深化服务业创新融合"),
        (PLAN, "四/(四)", "推动国家级服务业发展试点示范建设。深化静安区国家服务业综合改革试点"),
        (PLAN, "五/(三)", "通过盘活闲置土地、城镇低效用地“腾笼换鸟”、增加战略留白区管理弹性"),
    ],
)
def test_sentences_cut_by_a_page_or_a_line_are_joined(
    five: Five, number: str, path: str, sentence: str
) -> None:
    assert sentence in clause(five, number, path).text


def test_listed_mistakes_of_ocr_are_mended(five: Five) -> None:
    assert "科技服务、专业服务等知识密集领域建设" in clause(five, OPINIONS, "四/(十二)").text
    assert "科技服务、专业服务等知识密集、辐射力强的服务业" in clause(five, OPINIONS, "五/(十七)").text
    assert "“产业聚集、空间聚集、要素聚集”三年行动计划" in clause(five, ACTION, "题头").text.split("\n")[2]


@pytest.mark.parametrize("number", ALL)
def test_only_the_last_line_of_a_paragraph_may_lack_a_stop(five: Five, number: str) -> None:
    """A paragraph that ends in mid-sentence was cut by the reader."""
    for c in five[number].clauses:
        if c.kind in (Kind.HEADER, Kind.CLOSING, Kind.TABLE, Kind.PREAMBLE):
            continue
        _, *rest = c.text.split("\n")
        assert [p for p in rest if not re.search(r"[。）：]$", p)] == []


def test_closing_paragraphs_are_no_part_of_the_last_measure(five: Five) -> None:
    assert clause(five, MEASURES, "四/(十三)/31").text == (
        "31.完善重点领域统计。制订专业服务业、工业服务业统计分类标准，完善服务消费统计，实施常态化统计监测。"
        "鼓励社会机构组织编制专业服务业发展指数、“文旅商体展”联动指数等行业发展指数。"
        "（责任单位：市统计局、市发展改革委、市经济信息化委、市商务委、市文化旅游局、市科委）"
    )
    assert clause(five, MEASURES, "末段").text == (
        "市发展改革委牵头统筹协调推进各项工作落实，加强重大问题研究。"
        "各行业主管部门、各区可结合实际制定细化相关配套政策措施。\n"
        "本措施自2025年3月20日起实施，有效期至2028年3月19日。"
        "本措施涉及的具体政策有明确执行期限或国家、本市有明确规定的，从其规定。\n"
        "抄送：市委各部门，市人大常委会办公厅，市政协办公厅，市纪委监委，市高院，市检察院。\n"
        "上海市人民政府办公厅2025年3月13日印发"
    )
    assert clause(five, MEASURES, "末段").departments == ("市发展改革委",)
    assert clause(five, OPINIONS, "末段").text.split("\n")[:2] == [
        "各有关部门和单位、各区要进一步压实工作责任，强化协同配合，落实落细各项任务举措，"
        "因地制宜探索推进服务业发展的有效路径。",
        "2026年5月25日",
    ]
    assert clause(five, ACTION, "末段").text.split("\n") == [
        "抄送：市委各部门，市人大常委会办公厅，市政协办公厅，市纪委监委，市高院，市检察院。",
        "上海市人民政府办公厅",
        "2025年12月31日印发",
    ]
    assert five[PLAN].clause("末段") is None
    assert five[JINGAN].clause("末段") is None


def test_the_header_ends_with_the_title_of_the_document(five: Five) -> None:
    assert clause(five, MEASURES, "题头").text.split("\n") == [
        "上海市人民政府办公厅文件",
        "沪府办发〔2025〕5号",
        "上海市人民政府办公厅印发《上海市促进服务业创新发展若干措施》的通知",
        "各区人民政府，市政府各委、办、局，各有关单位：",
        "《上海市促进服务业创新发展若干措施》已经市政府同意，现印发给你们，请认真按照执行。",
        "2025年3月12日",
        "（此件公开发布）",
        "上海市促进服务业创新发展若干措施",
    ]
    assert clause(five, MEASURES, "引言").text == (
        "为加快构建优质高效的服务业新体系，聚焦“稳增长、促就业、扩消费”带动能力强的服务业重点领域，"
        "培育经济新动能，营造创新发展优质生态，制定本措施。"
    )


@pytest.mark.parametrize(
    ("number", "path", "label"),
    [
        (MEASURES, "二/(六)/16", "第16条"),
        (ACTION, "二/1", "第1条"),
        (OPINIONS, "二/(三)", "第(三)条"),
        (PLAN, "三/(二)/2#法律服务", "三(二)2“法律服务”"),
        (PLAN, "三/(一)/1/专栏1", "专栏1"),
        (PLAN, "二/(三)/表", "二(三)表"),
        (PLAN, "三/(二)/2", "三(二)2"),
        (MEASURES, "二/(六)", "(六)"),
        (MEASURES, "二", "第二部分"),
        (MEASURES, "题头", "题头"),
        (MEASURES, "引言", "引言"),
        (MEASURES, "末段", "末段"),
    ],
)
def test_the_paths_of_the_contract_exist_with_their_labels(
    five: Five, number: str, path: str, label: str
) -> None:
    assert clause(five, number, path).label == label


def test_headings_lead_down_to_the_clause(five: Five) -> None:
    assert clause(five, MEASURES, "四/(十)/25").headings == ("四、营造服务业发展优质生态", "(十)深化改革开放")
    assert clause(five, ACTION, "二/1").headings == ("二、实施优势行业聚集行动",)
    assert clause(five, PLAN, "三/(二)/2/专栏5").headings == (
        "三、主要任务",
        "(二)推动两业深度融合创新，抢占高端生产服务价值链制高点",
        "2.发展智力驱动型专业服务",
    )


def test_a_measure_that_holds_a_box_is_no_mere_heading(five: Five) -> None:
    assert clause(five, PLAN, "三/(一)/1").kind is Kind.ITEM
    assert clause(five, PLAN, "三/(二)/2").kind is Kind.HEADING


@pytest.mark.parametrize(
    ("number", "path", "departments"),
    [
        (MEASURES, "一/(一)/1", "市经济信息化委 市商务委 市发展改革委 各区政府"),
        (MEASURES, "二/(四)/9", "市人才工作局 各行业主管部门"),
        (MEASURES, "二/(五)/12", "市科委 市发展改革委 各相关区政府 虹桥国际中央商务区管委会"),
        (
            MEASURES,
            "二/(五)/14",
            "市商务委 市发展改革委 市教委 市委金融办 上海金融监管局 国家外汇管理局上海市分局",
        ),
        (MEASURES, "二/(六)/16", "市科委 市委金融办 上海金融监管局 市发展改革委 市商务委"),
        (MEASURES, "三/(七)/20", "市经济信息化委 市商务委 市市场监管局"),
        (
            MEASURES,
            "四/(十)/25",
            "市商务委 市科委 市教委 市人力资源社会保障局 市委网信办 市发展改革委 "
            "浦东新区政府（上海自贸试验区管委会） 临港新片区管委会",
        ),
        (
            MEASURES,
            "四/(十)/26",
            "市发展改革委 市商务委 市经济信息化委 市财政局 市税务局 市市场监管局 "
            "浦东新区政府（上海自贸试验区管委会） 临港新片区管委会",
        ),
        (
            OPINIONS,
            "二/(五)",
            "市发展改革委 市商务委 市交通委 市委金融办 上海金融监管局 中国人民银行上海总部 "
            "市经济信息化委 市国资委 市数据局",
        ),
        (OPINIONS, "四/(十三)", "市经济信息化委 市发展改革委 市生态环境局 市商务委"),
        (OPINIONS, "五/(十六)", "市发展改革委 各有关部门和单位"),
        (
            OPINIONS,
            "五/(二十)",
            "市人才局 市人力资源社会保障局 市发展改革委 市经济信息化委 市商务委 市财政局 "
            "市委宣传部 市委金融办 市规划资源局",
        ),
        (ACTION, "二/1", ""),
    ],
)
def test_departments_are_those_of_the_measure(five: Five, number: str, path: str, departments: str) -> None:
    assert clause(five, number, path).departments == tuple(departments.split())


FACTS = {
    ACTION: (
        "上海市促进租赁和商务服务业“产业聚集、空间聚集、要素聚集”三年行动计划（2026—2028年）",
        "上海市人民政府办公厅",
        (date(2025, 12, 31), date(2025, 12, 31), None, None, (2026, 2028)),
    ),
    MEASURES: (
        "上海市促进服务业创新发展若干措施",
        "上海市人民政府办公厅",
        (date(2025, 3, 12), date(2025, 3, 13), date(2025, 3, 20), date(2028, 3, 19), None),
    ),
    OPINIONS: (
        "上海市人民政府关于推进服务业扩能提质的实施意见",
        "上海市人民政府",
        (date(2026, 5, 25), date(2026, 5, 25), None, None, None),
    ),
    PLAN: (
        "上海市服务业发展“十四五”规划",
        "上海市人民政府办公厅",
        (date(2021, 6, 16), None, None, None, (2021, 2025)),
    ),
    JINGAN: (
        "静安区产业发展“十四五”规划",
        "上海市静安区人民政府办公室",
        (date(2021, 10, 9), None, None, None, (2021, 2025)),
    ),
}


@pytest.mark.parametrize("number", ALL)
def test_the_documents_facts_are_those_on_paper(five: Five, number: str) -> None:
    d = five[number]
    dates = (d.signed, d.printed, d.effective_from, d.effective_to, d.period)
    assert (d.title, d.issuer, dates) == FACTS[number]


@pytest.mark.parametrize("number", ALL)
def test_the_text_says_the_same_without_the_manifest(tmp_path: Path, five: Five, number: str) -> None:
    from index.library import parse_all

    file = five[number].file
    (tmp_path / file).write_bytes((ROOT / "documents" / file).read_bytes())
    (document,), problems = parse_all(tmp_path)
    dates = (
        document.signed,
        document.printed,
        document.effective_from,
        document.effective_to,
        document.period,
    )
    assert (document.number, document.title, document.issuer, dates, problems) == (number, *FACTS[number], [])


def running_texts(five: Five) -> Iterator[tuple[str, str]]:
    for number in ALL:
        for c in five[number].clauses:
            if c.kind is not Kind.TABLE:
                yield f"{number} {c.path}", c.text


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a sign that stands for a Chinese one", r"[,;:?!«»]"),
        (
            "a point that stands for a stop",
            r"(?<=[^\x00-\x7f])\.|(?<!\n)(?<!^)(?<![0-9]{2})\.(?=[^\x00-\x7f])",
        ),
        ("a space beside a Chinese character", r"(?<=[^\x00-\x7f])[ \u3000]|[ \u3000](?=[^\x00-\x7f])"),
        ("a full-width digit, letter or sign", r"[０-９Ａ-Ｚａ-ｚ％＋－．／＂＇]"),
        (
            "a half-width bracket round Chinese text",
            r"\([^()]*[\u4e00-\u9fff][^()]*\)|(?<=[\u4e00-\u9fff])\(",
        ),
        ("Markdown", r"[*#`]|^-{3}"),
        ("a broken form of 〔〕", r"[\[［]\d{4}[\]］]"),
    ],
)
def test_running_text_is_printed_as_chinese(five: Five, what: str, pattern: str) -> None:
    ordinal = re.compile(r"^\d{1,2}\.", re.MULTILINE)
    found = [(where, m.group(), m.start()) for where, text in running_texts(five)
             for m in re.finditer(pattern, ordinal.sub("", text))]  # fmt: skip
    assert found == [], what
