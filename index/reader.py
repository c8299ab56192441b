"""A policy file → its text.  Text and Markdown files are read here; other formats are named and refused.

UTF-8, UTF-16 with a mark, and GB18030 are read.  Anything else gives one sentence that says what to do.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from index.types import PolicyError

SUFFIXES = (".txt", ".md")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class ReadError(PolicyError):
    """A file that holds no readable policy text."""


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises `ReadError` for a file that is missing, empty, binary or of another encoding.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ReadError(f"{path.name}：不支持的格式“{path.suffix}”，请另存为 UTF-8 的 .txt 或 .md 文件。")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path.name}：文件读不出来（{error.strerror}），请检查路径和权限。") from error
    return decode(data, path.name)


def decode(data: bytes, name: str) -> str:
    """Bytes → text; `name` is used in the message of a `ReadError`."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(_marked(data, encoding, name), name)
    if b"\x00" in data or _control_share(data) > 0.01:
        raise ReadError(f"{name}：这是二进制文件，不是文本；请把正文另存为 UTF-8 的 .txt 文件。")
    try:
        return _checked(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        return _checked(_gb18030(data, name), name)


def _marked(data: bytes, encoding: str, name: str) -> str:
    """Text whose first bytes name its encoding."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"{name}：开头标明是 {encoding}，内容却不是；请另存为 UTF-8 后重新构建。") from error


def _checked(text: str, name: str) -> str:
    if not text.strip():
        raise ReadError(f"{name}：文件是空的，请放入正文后重新构建。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _control_share(data: bytes) -> float:
    head = data[:65536]
    return len(re.findall(rb"[\x01-\x08\x0e-\x1f\x7f]", head)) / max(len(head), 1)


def _gb18030(data: bytes, name: str) -> str:
    """Text in GB18030, which can decode almost anything: common characters must prevail."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    chinese = re.findall(r"[\u4e00-\u9fff\ue000-\uf8ff]", text)
    common = sum(_is_common(char) for char in chinese)
    if chinese and common >= 0.9 * len(chinese) and len(chinese) >= 0.2 * len(text):
        return text
    guess = from_bytes(data).best()
    encoding = guess.encoding if guess else "未知编码"
    raise ReadError(f"{name}：编码不是 UTF-8 或 GB18030（像是 {encoding}），请另存为 UTF-8 后重新构建。")


def _is_common(char: str) -> bool:
    """Whether the character is of GB 2312 level 1, the 3,755 characters that running text is made of."""
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7
