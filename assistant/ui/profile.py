"""The firm's profile: three optional fields → `Profile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.types import Profile
from assistant.ui.texts import Words

FIELDS = ("industry", "district", "size")


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """The fields, in the order of `FIELDS`."""

    accordion: gr.Accordion
    fields: tuple[gr.Dropdown, ...]

    def update(self, words: Words) -> dict[Any, Any]:
        """The form in another language; what has been chosen stays chosen."""
        updates: dict[Any, Any] = {self.accordion: gr.update(label=words["profile"])}
        for name, field in zip(FIELDS, self.fields, strict=True):
            updates[field] = gr.update(label=words[name], choices=words.options(name))
        return updates

    def filled(self, profile: Profile, words: Words) -> dict[Any, Any]:
        """The form with what is known of the firm, told in its heading too; it can be corrected there."""
        values = (profile.industry, profile.district, profile.size)
        said = " · ".join(filter(None, values))
        heading = words.say("profile_known", said=said) if said else words["profile"]
        updates: dict[Any, Any] = {self.accordion: gr.update(label=heading)}
        for field, value in zip(self.fields, values, strict=True):
            updates[field] = gr.update(value=value or None)
        return updates


def build_profile_form(words: Words) -> ProfileForm:
    """Places the form, closed, in the layout that is open."""
    with gr.Accordion(words["profile"], open=False, elem_id="profile") as accordion:
        fields = tuple(
            gr.Dropdown(
                choices=words.options(name),
                value=None,
                label=words[name],
                allow_custom_value=True,
                elem_id=f"profile-{name}",
            )
            for name in FIELDS
        )
    return ProfileForm(accordion, fields)


def profile_of(values: tuple[object, ...]) -> Profile:
    """Field values, in the order of `FIELDS` → `Profile`; a field left empty says nothing."""
    industry, district, size = (value.strip() if isinstance(value, str) else "" for value in values)
    return Profile(industry, district, size)
