"""Whether a message leans on the talk before it, by a logistic model over what a reader would look at.

In: a question and the turns before it.  Out: a probability; and whether a message is chitchat, which asks nothing.
`leaning.toml` holds the weights, fitted by `python -m eval dialogues --fit --write` on one half of the project's talks.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.asking import without_asking
from assistant.talk import named_document
from assistant.types import Turn
from index import lexicon
from index.search import GENERIC
from index.tokens import words

FILE = Path(__file__).with_name("leaning.toml")

# Thanks, consent, greetings and good-byes; a message with such words that asks nothing is no question.
_CHITCHAT = re.compile(
    # at the beginning
    r"^(?:好(?:的|吧|嘞|呀|啦|哒|滴|哦|$|[ ，,。！!])|行(?:吧|了|的|嘞|,|，|$|[ 。！!])|可以(?:了|的|,|，|$)"
    r"|成(?:吧|,|，|$)|中$|妥|对(?:对|的|,|，|$)|是(?:的|啊|,|，)|没(?:错|事|问题|毛病)"
    r"|嗯|恩|哦|噢|喔|哈|嘿|呵|唉|哎|啊|原来|这样啊|早$|早[啊上安]|[早中下晚][上午]好|在[吗不么]|稍等|等[一下会]"
    r"|不(?:用|必|客气)|算了|先(?:这样|到这)|就这样|那就(?:这样|好|行|先)"
    r"|ok(?:ay)?|k$|hi\b|hello|hey\b|great|got it|cool|perfect|nice|sure|fine\b|cheers|alright|understood"
    r"|awesome|bye|good\b|[38]q|88|6{2,}|1$)"
    # anywhere
    r"|谢|感恩|麻烦(?:你|您)?了|辛苦|多亏|再见|拜拜|回见|回头(?:见|再|找|聊)|再联系|再来(?:问|找)|打扰|挂了|先挂"
    r"|知道了|晓得了|明白|懂了|清楚了|清爽|了解了?$|收到|记(?:下|住)了|没(?:别的|其他|什么)?(?:事|问题|别的)了|不问了|够了"
    r"|(?:很|真|太|挺|蛮)(?:好|快|棒|赞|专业|清楚|详细|有用|厉害|靠谱|方便|细)|帮大忙|厉害|点赞|不错"
    r"|我(?:先|再|去|来)?(?:看看|想想|记一?下|问问|转|汇报|整理|研究|消化|琢磨)"
    r"|周末愉快|节日快乐|祝(?:你|您|好)"
    r"|\bthanks?\b|thank you|\bthx\b|appreciate|that's all|helpful|👍|🙏|😊",
    re.IGNORECASE,
)
_CHITCHAT_LENGTH = 40
_ASKS = re.compile(
    r"[?？]|吗|呢|么$|多少|怎么|如何|什么|啥|哪|谁|几|有没有|能不能|可不可以|是不是|不$|没$"
    r"|\b(?:what|how|which|who|when|is|are|does|can)\b"
)
# Another person, another matter.
_SWITCH = re.compile(
    r"^(?:换个?(?:话题|人|一?位)|下一?[个位](?:来电|工单|问题|客户)?|另[外有](?:个|一个|人|一位)?|再问个?"
    r"|还有个?(?:别的)?问题|转下|next|hi\b|顺便问|对了|来电[:：])"
    r"|我再问|换人了?|再来一[个位]|别的问题|另一件事",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"这一?[条个项款份类些点种样仨俩两笔]|那一?[条个项份些点种样](?!么)|该[条项文政措]|此[条项]|刚[才说讲]"
    r"|上[面述]|前[面述者头]|后者|[上下]一?[条项个]"
    r"|(?<!其)它|其中|同样的?|一样的|类似的|还有(?:别|其)|这(?:钱|块|里|里面)|那(?:笔|边呢)"
    r"|\b(?:it|that|this|those|these|the same|there)\b"
    r"|第[一二三四五六七八九十\d]+[个项]|最后那|倒数|中间那|哪个更|再[往下上]",
    re.IGNORECASE,
)
_LINK = re.compile(r"^(?:那|那么|换|改|如果是|要是|跟|和|与|同|and |what about|how about)", re.IGNORECASE)
_ENDS_NE = re.compile(r"呢[?？。!！]*$")
_CORRECTS = re.compile(
    r"^(?:不对|不是|不不|错了|弄错|说错|我说错|说反|我问的|我没问|我要的|我想问的|不是问|no,)"
    r"|我问的(?:其实)?是|改口|打错"
)
# The predicate comes first: whose it is was said before.
_STARTS_OPEN = re.compile(
    r"^(?:最多|最高|封顶|给|补|奖|发|多少|几|谁|哪|归|由|找|怎么|咋|如何|要|需要|能|可以|会(?!计|展)|有没有(?!关于)|有没(?!有)|有啥"
    r"|为什么|为啥|凭什么|什么时候|啥时候|截[止至]|到期|目前|还|具体|一张|首期|额度|申报|比例|标准|条件|门槛|期限|都"
    r"|在哪|去哪|展开|细说|说说|也|是|only|any )",
    re.IGNORECASE,
)
_STATES = re.compile(r"^(?:我们|我|咱们?|来电人|客户|老板|公司|对方|他家|她|刚)")
COMPARES = re.compile(
    r"谁更|哪个更|哪个(?:最|好)|一样吗|不一样|区别|差(?:在)?(?:哪|多少)"
    r"|还是.{1,8}(?:来|管|核|批|验|数据局|部门)|都能|一块儿|冲突|也是"
)
_WHY = re.compile(r"为(?:什么|啥|何)|凭什么|凭啥|咋没|理由|原因|\bwhy\b|reason")
_ASKS_WHOLE = re.compile(r"有(?:什么|哪些|啥)|怎么|如何|是什么|多少|哪些|\bwhat\b|\bhow\b")
# Only an earlier message can say which is meant.
_SURELY_BACK = re.compile(
    r"这一?[条项款](?!件)|那一?[条项款](?!件)|刚[才刚]|上述|前者|后者|[上下]一条"
    r"|(?:最开始|一开始|最早|最初|开头)(?:问|说|聊|那)"
)
# What a question says of the document it means, not of the matter.
_DOCUMENT = re.compile(
    r"(?:20\d\d年?|今年|去年|前年)?(?:的|那份|这份|那个)?(?:市里|区里)?(?:那份|这份|的)?"
    r"(?:实施意见|若干措施|行动计划|意见|措施|规划|文件|办法|政策)(?:里|中)?"
)
_LINKING_WORDS = re.compile(r"^(?:那|那么|这个)")
_STOPS = re.compile(r"[\s，。？！,?!]")

# What the model looks at, in the order of its weights.
NAMES = (
    "short", "fragment", "points_back", "links", "ends_ne", "corrects", "switches", "chitchat",
    "names_document", "starts_open", "new_words", "new_share", "shared_words", "states", "no_subject",
    "nothing_new", "compares", "why", "same_figure", "long",
)  # fmt: skip
# A question with one of these leans on the talk even if it is whole and has a subject of the word lists.
_LEADS = (
    "points_back", "links", "ends_ne", "corrects", "compares", "fragment", "starts_open", "states", "why",
)  # fmt: skip


def features(question: str, history: Sequence[Turn]) -> dict[str, float]:
    """What tells whether a question leans on the talk: a number from 0 to 1 for each of NAMES."""
    bare = _STOPS.sub("", question)
    size = (
        2 * len(question.split()) if bare.isascii() else len(bare)
    )  # an English word says as much as two characters
    said = "\n".join(turn.content for turn in history)
    own = [
        word for word in dict.fromkeys(words(_DOCUMENT.sub(" ", without_asking(question)))) if _tells(word)
    ]
    new = [word for word in own if word not in said]
    text = question.strip()
    return {
        "short": max(0.0, 1 - size / 20),
        "fragment": float(size <= 5),
        "points_back": float(bool(_POINTS.search(question))),
        "links": float(bool(_LINK.search(text))),
        "ends_ne": float(bool(_ENDS_NE.search(text))),
        "corrects": float(bool(_CORRECTS.search(text))),
        "switches": float(bool(_SWITCH.search(text))),
        "chitchat": float(is_chitchat(question)),
        "names_document": float(bool(named_document(question))),
        "starts_open": float(bool(_STARTS_OPEN.match(_LINKING_WORDS.sub("", text)))),
        "new_words": min(len(new), 5) / 5,
        "new_share": len(new) / len(own) if own else 0.0,
        "shared_words": min(len(own) - len(new), 3) / 3,
        "states": float(bool(_STATES.match(text)) and not _ASKS.search(question)),
        "no_subject": float(not own),
        "nothing_new": float(bool(own) and not new),
        "compares": float(bool(COMPARES.search(question))),
        "why": float(bool(_WHY.search(question))),
        "same_figure": float(any(figure in said for figure in re.findall(r"\d+", question))),
        "long": float(size > 14),
    }


def is_chitchat(text: str) -> bool:
    """Whether a message thanks, agrees, greets or takes its leave, and asks nothing."""
    short = len(text) <= _CHITCHAT_LENGTH
    return short and bool(_CHITCHAT.search(text.strip())) and not _ASKS.search(text)


def _tells(word: str) -> bool:
    return word not in GENERIC and len(word) > 1


def leaning(question: str, history: Sequence[Turn]) -> float:
    """The probability, from 0 to 1, that a question leans on the talk.

    Rules decide two kinds before the model does: what says itself that it points back (`这条`) leans, and a whole
    question about a subject of the word lists (`算力券怎么申请`) does not.
    """
    if _SURELY_BACK.search(question):
        return 1.0
    weights = _weights()
    found = features(question, history)
    if not any(found[name] for name in _LEADS) and _ASKS_WHOLE.search(question) and _names_subject(question):
        return 0.0
    score = weights["intercept"] + sum(weights[name] * found[name] for name in NAMES)
    return 1 / (1 + math.exp(-score))


def _names_subject(question: str) -> bool:
    return any(len(word) >= 3 and word in question for word in lexicon.user_words())


@cache
def _weights() -> Mapping[str, float]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))["leaning"]
    return {name: float(value) for name, value in table.items()}
