"""评测."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.ui.area import Address, Context, Page, Updates, intro_html, own_html
from assistant.ui.texts import Words


@dataclass(frozen=True, slots=True)
class EvaluationPanel:
    """The components of the area."""

    context: Context
    intro: gr.HTML

    def update(self, text: Words) -> Updates:
        return {self.intro: intro_html(text)}

    def open(self, address: Address, text: Words) -> Updates:
        return self.update(text)

    def connect(self, page: Page) -> None:
        """Nothing happens here yet."""


def build_evaluation(context: Context, text: Words) -> EvaluationPanel:
    """Places the area in the layout that is open."""
    return EvaluationPanel(context, own_html(intro_html(text), "evaluation-intro"))
