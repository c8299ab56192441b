"""Question → Query: what is asked for, which documents and clauses are named, and for whom.

Rules over words, in the order a reader would check them; no model.  `asks_for` names things that a clause must
state for the question to be answered (see `decide`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.converse import Standalone
from assistant.types import Profile, Query, Question
from index import lexicon
from index.references import clause_count, find_clauses, find_documents, hinted_documents, without_names
from index.types import Document

_INTENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "injection",
        re.compile(
            r"忽略.{0,6}(?:以上|之前|前面|所有|上述).{0,6}(?:指令|要求|规则|提示)|ignore (?:all|the|any) .{0,20}instructions|扮演|system prompt|系统提示",
            re.I,
        ),
    ),
    ("thanks", re.compile(r"^(?:谢+谢*|多谢|感谢|thanks?|thank you)[\s\w，。!！~]{0,6}$", re.I)),
    (
        "smalltalk",
        re.compile(
            r"^(?:你好|您好|hi|hello|在吗|早上好|下午好|你是谁|你叫什么|who are you)[\s，。!！?？~呀啊]*$",
            re.I,
        ),
    ),
    (
        "validity",
        re.compile(
            r"有效期|失效|到期|过期|过没过|还有效|还管用|还作数|还能用吗|几时生效|什么时候(?:生效|施行|实施|到期|失效)|哪天(?:生效|施行|实施|发|印发|到期)|哪[天年一]+.{0,4}(?:发的|印发|发布|出台|成文)"
            r"|(?:什么时候|几号|何时|啥时候|几时)(?:出台|发布|印发|发的|开始(?:施行|实施|执行))|施行日期|发文日期|成文日期|印发日期|规划期|管(?:几|多少|到|五|三|两|十)年?|后发|先发|哪个新|最新的|作废|废止|still valid|in force|expire|expiry|effective (?:date|from|until)",
            re.I,
        ),
    ),
    (
        "department",
        re.compile(
            r"(?:哪|谁|什么|啥|几)个?(?:些)?(?:部门|委办|单位|局|委|机构|厅)(?!子)|责任单位|(?:谁|哪.{0,4}|由.{0,6})牵头|牵头(?:单位|部门|的是|是谁|方)|谁(?:来)?(?:管|负责|主管|抓)|归(?:谁|哪).{0,3}(?:管|负责|办)?|哪.{0,2}(?:管|负责)|主管部门|找谁|都有谁|挂了.{1,8}没|which (?:bureau|department|agenc|authorit|body)|who is (?:responsible|in charge)",
            re.I,
        ),
    ),
    (
        "compare",
        re.compile(
            r"分别|各(?:是|自)|对比|相比|比较|区别|不同|变化|前后|(?:两|三|几)份文件|口径|一样吗|有没有变|compare|difference",
            re.I,
        ),
    ),
    (
        "support",
        re.compile(
            r"有(?:什么|啥|哪些|没有(?:什么|啥|哪些)?)?.{0,6}(?:支持|扶持|政策|补贴|补助|优惠|好处|帮助|待遇|奖励|名堂|说法)(?!.{0,3}(?:专区|专板))"
            r"|能(?:拿|享受|申请|领|得)(?:到|哪些|什么|啥)|沾(?:上|到|得)|扶一把|有我们的份|能帮上|帮得上|(?:政府|市里|区里|上头).{0,4}(?:支持|扶持|帮)(?:不|吗|么|$)"
            r"|what (?:support|help|subsid|polic|benefit|is there)|eligible|qualify",
            re.I,
        ),
    ),
    (
        "whether",
        re.compile(
            r"(?:吗|(?<![什怎多那这])么|不|没|没有|行不行|可不可以|轮得到)[?？!！。]*$|^(?:能不能|可以|是否|有没有|允许|支持)",
            re.I,
        ),
    ),
)
_MONEY_WORDS = (
    r"补贴|补助|奖励|资助|奖金|扶持资金|贴息|经费|罚款|罚金|保额|费用|租金|利率|费率|工资|学费|票价"
)
_ASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "amount",
        re.compile(
            rf"多少钱|几个钱|几块|几万|几百|几千|多少(?:万|亿)?(?:元|块)(?!.{{0,4}}(?:目标|营收|规模|产值))|多少(?:{_MONEY_WORDS})|(?:{_MONEY_WORDS})(?:具体|到底|一般|大概|一共|能|有|是|给|按)*多少"
            r"|(?<!目标)(?:奖|补|罚|贴|减|返)(?:到|了|给)?(?:我们?|企业)?(?:多少|几(?!个区|个部))|(?:能|可以|给|发|领|拿|贷|收|报销)(?:到|得)?多少|额度|上限|封顶|面值|面额|盘子|抵多少|打几折|百分之几给"
            r"|(?:补|奖|资助|扶持|贴息|收费)标准|最(?:高|多)(?:能|可以?|给|补|奖|贷|领|拿)|how much (?:money|subsid|is the)|cap\b|face value",
            re.I,
        ),
    ),
    (
        "deadline",
        re.compile(
            r"截止|截至哪|(?:申报|申请|报名|受理|提交|领取|征集|评审|拨付|兑付|公示|认定|登记)(?:的)?(?:时间|日期|期限|窗口期|期到)"
            r"|(?:什么时候|何时|几月|哪天|哪个月|哪月|哪个季度|啥时候|几号|几月几号)(?:可以|能|会|才|开始|前|之前)*(?:申报|申请|报名|受理|报|领|评|发钱|到账|公布|公示|拨|交|发放|兑现|征集|认定|登记|开放|启动|开始|发)"
            r"|(?:申报|报名|认定|评审|补贴|奖励|资金|指南|名单).{0,6}(?:什么时候|何时|几月|哪天|哪个月|啥时候|几号)|(?:几个|多少个?)工作日|多久(?:能|可以|才|会)?(?:到账|批|办|下来|出结果|有结果)|deadline|when (?:can|do|should) (?:we|i) apply",
            re.I,
        ),
    ),
    (
        "contact",
        re.compile(
            r"电话|热线号|手机号|联系(?:人|方式)|网址|官网|链接|邮箱|(?:办公|窗口|受理|办理|办事)(?:地址|地点)|(?:具体|详细)地址|地址(?:是|在|给)|公众号|填报入口|入口(?:给|在哪)|号码是|phone|telephone|website|\burl\b|e-?mail",
            re.I,
        ),
    ),
    (
        "procedure",
        re.compile(
            r"(?:什么|哪些|啥|几样|几份|要带)(?:的)?(?:申报|申请|证明)?(?:材料|资料|手续|证件|表格|单子)|(?:材料|资料|手续|表格|申请表)(?:要|怎么|有|需)?(?:哪些|什么|啥|交|填|走|办|写|带)|申请表|模板|(?:哪|几)(?:些|几)?(?:道|步|个)?(?:流程|步骤|环节|程序)|流程(?:是|怎么|有哪)|怎么(?:申请|申报|报名|填|走流程|走程序|递交)|how (?:do|can|to) (?:we|i)? ?apply|application form",
            re.I,
        ),
    ),
    (
        "outcome",
        re.compile(
            r"(?:到底|究竟|最后|实际|目前|现在|到现在|如今|至今|后来).{0,10}(?:完成|达到|实现|达成|兑现|建成|落实|超过)(?:了)?(?:没|吗|多少|情况)|完成(?:了)?没有?|完成率|兑现了吗|(?:已经?|去年|上年|至今)(?:一共|总共)?(?:发|办|补|批|建|落户|引进|上榜|花)(?:了|出)?(?:多少|几)|实际(?:数|完成|达到|增长)",
            re.I,
        ),
    ),
    (
        "personal",
        re.compile(
            r"(?:一定|肯定|保证|百分百|稳)(?:能|会|可以)?(?:拿|批|过|给|通过|中)|(?:会不会|能不能|是不是|算不算|该不该)(?:批|罚|被|过|违法|违规|起诉|追回|判)|能批吗|(?<!天)批得下来|打官司|胜算|帮我(?:写|填|报|办|算|查)",
            re.I,
        ),
    ),
    (
        "quantity",
        re.compile(
            r"(?<!哪)(?:多少|几(?=[张个家天次年名万亿成倍折块条批项场人位处幢所件]))(?!有)|百分之几|how many|what percentage",
            re.I,
        ),
    ),
    (
        "share",
        re.compile(
            r"单独|单个(?:区|企业)?(?:要|得|承担)|各自(?:承担|要完成|占|分)|每个区(?:分|要|摊)|拆(?:分|开)|分别(?:占|是)多少",
            re.I,
        ),
    ),
)
_BESIDE = re.compile(r"^(?:那|那么)?(?:跟|和|与|同).{1,20}(?:比|相比|对比|一样|区别)")
_OTHER_PLACES = re.compile(
    r"北京|深圳|广州|杭州|苏州|南京|成都|重庆|武汉|天津|宁波|无锡|青岛|厦门|西安|长沙|合肥|郑州|济南|福州|东莞|佛山|昆山|嘉兴|南通|常州|绍兴|温州"
    r"|浙江|江苏|广东|安徽|山东|四川|湖北|湖南|福建|河南|河北|海南|云南|贵州"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|\D|$)(?!\s*[\]〕号])")
_PLAN_WORDS = re.compile(r"十四五|规划|20(?:2[0-5])年|当年|当初|那时|以前|专栏")


def understand(question: Question, standalone: Standalone, documents: Mapping[str, Document]) -> Query:
    """Read the question.  Named clauses that do not exist are kept in `missing_refs` with what exists instead."""
    text = question.text
    named = find_documents(text, documents)
    if not named or (len(named) == 1 and _BESIDE.search(text)):  # 跟23号文比: with the one talked of before
        named = list({d.number: d for d in (*standalone.documents, *named)}.values())
    hinted = hinted_documents(text, documents, question.as_of.year)
    mentions = find_clauses(text, documents, named)
    refs = tuple(dict.fromkeys(m.clause.ref for m in mentions if m.clause)) or standalone.clauses
    missing = [m for m in mentions if m.problem == "missing" and m.document and not standalone.clauses]
    intent = _intent(text, question.profile)
    return Query(
        text=text,
        standalone=standalone.text,
        topic=topic_of(standalone.text, intent, documents),
        intent=intent,
        asks_for=frozenset(name for name, pattern in _ASKS if pattern.search(text)),
        documents=tuple(document.number for document in named),
        hinted=tuple(document.number for document in hinted if document not in named),
        refs=refs,
        missing_refs=tuple(_missing(m.text, m.document) for m in missing if m.document),
        profile=question.profile,
        language=language_of(text),
        parts=parts(standalone.text),
    )


def _intent(text: str, profile: Profile) -> str:
    for name, pattern in _INTENTS:
        if pattern.search(text):
            return name
    return "support" if profile.industry or profile.traits else "general"


def _missing(text: str, document: Document) -> str:
    unit, count = clause_count(document)
    return f"{document.number}|{text}|{count}|{unit}"


def language_of(text: str) -> str:
    """`en` where Latin letters clearly outnumber Chinese characters."""
    latin = len(re.findall(r"[A-Za-z]", text))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin > 2 * chinese and latin >= 8 else "zh"


def parts(text: str) -> tuple[str, ...]:
    """The parts of a question that asks for several things; one part is no part."""
    if not re.search(r"几件|[两三四]件|[两三四]个(?:问题|方面)|;|；|顺便|另外|还有|[?？].+[?？]", text):
        return ()
    pieces = [piece.strip() for piece in re.split(r"[，,。；;？?！!：:、]|还有|另外|顺便", text)]
    long = tuple(piece for piece in pieces if len(piece) >= 5)
    return long if len(long) >= 2 else ()


_ASKING = re.compile(
    r"请问|想问(?:问|一下)?|麻烦|市里|(?:文件|政策|规划)(?:里|上|中)?(?:怎么|咋)?(?:说|写|讲|提|规定)(?:的|了)?(?:没|吗)?"
    r"|(?:是|由|归|属|有|都有|挂了|找|该找|要找)?(?:哪|谁|什么|啥)(?:些|几)?个?(?:部门|委办|单位|机构|厅局|处室)?(?:在|来|去)?(?:负责|牵头|主管|管|抓|办)?(?:的|着)?"
    r"|责任单位|主管部门|牵头(?:单位|部门)?|都有谁|的那条|这一?条|那一?条"
)


def topic_of(text: str, intent: str, documents: Mapping[str, Document]) -> str:
    """What a question is about without the words that ask: `哪些部门管` draws the search to organisational clauses.

    A question about a document as a whole (`若干措施由谁牵头`) keeps its words.
    """
    if intent != "department":
        return text
    bare = _ASKING.sub(" ", text)
    subject = without_names(bare, documents)
    return bare if len(re.findall(r"\w", subject)) >= 6 else text


def years(text: str) -> tuple[int, ...]:
    """The years a question names (document numbers aside)."""
    return tuple(
        int(year) for year in _YEAR.findall(re.sub(r"[〔\[]\d{4}[〕\]]|20\d{2}年?\d{1,3}号", "", text))
    )


def other_place(text: str) -> str | None:
    """A place outside the city that the question asks about."""
    match = _OTHER_PLACES.search(text)
    return match.group() if match and not re.search(r"上海|本市|我市", text) else None


def asks_of_plan(text: str) -> bool:
    """Whether the question itself looks back to a plan, so that ended plans may answer it."""
    return bool(_PLAN_WORDS.search(text))


def profile_words(profile: Profile) -> str:
    """The profile as words to search with: the trade's policy names and the district."""
    industries = lexicon.load("industries")
    known = [
        row
        for name, row in industries.items()
        if profile.industry and (profile.industry in (name, *row.get("names", ())))
    ]
    trade = " ".join([profile.industry, *(name for row in known for name in row.get("names", ())[:2])])
    return " ".join(filter(None, [trade.strip(), profile.district, *profile.traits, *profile.needs]))
