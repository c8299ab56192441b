// The talk's behaviour: markers open clauses, the clause sheet on narrow screens, scrolling.
// Events are delegated from the document, because gradio replaces the elements inside its components.
(() => {
  const NARROW = window.matchMedia("(max-width: 1079px)");
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
  const side = () => document.getElementById("side");
  let opener = null;

  const scrollTo = (element, block) =>
    element?.scrollIntoView({ block, behavior: CALM.matches ? "auto" : "smooth" });

  // Moves only the panel's own content: the marked words to its middle, and the page stays where it is.
  const scrollInside = (box, card) => {
    const [frame, target] = [box, card.querySelector("mark") ?? card].map((it) => it.getBoundingClientRect());
    const top = box.scrollTop + target.top - frame.top - Math.max(0, (frame.height - target.height) / 2);
    box.scrollTo({ top, behavior: CALM.matches ? "auto" : "smooth" });
  };

  const setSheet = (open) => {
    document.body.classList.toggle("sheet-open", open);
    for (const id of ["talk", "head", "areas"]) document.getElementById(id)?.toggleAttribute("inert", open);
    const panel = side();
    if (open) {
      panel?.setAttribute("role", "dialog");
      panel?.setAttribute("aria-modal", "true");
      panel?.setAttribute("aria-labelledby", "clauses-title");
    } else {
      for (const name of ["role", "aria-modal", "aria-labelledby"]) panel?.removeAttribute(name);
    }
  };

  const closeSheet = () => {
    setSheet(false);
    opener?.focus();
    opener = null;
  };

  // Shows the group of one question, opens the clause behind a marker and brings its marked words into view.
  const openClause = (turn, marker) => {
    const panel = side();
    for (const group of panel.querySelectorAll(".group")) group.hidden = group.dataset.turn !== turn;
    const card = panel.querySelector(`.card[data-turn="${turn}"][data-marker="${marker}"]`);
    if (!card) return;
    for (const other of panel.querySelectorAll(".card.current")) other.classList.remove("current");
    card.open = true;
    card.classList.add("current");
    if (NARROW.matches) setSheet(true);
    card.querySelector("summary").focus({ preventScroll: true });
    requestAnimationFrame(() => scrollInside(panel.querySelector(".groups"), card));
  };

  document.addEventListener("click", (event) => {
    const marker = event.target.closest("button.cite");
    if (marker) {
      opener = marker;
      openClause(marker.dataset.turn, marker.dataset.marker);
    } else if (event.target.closest("[data-close]")) {
      closeSheet();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("sheet-open")) closeSheet();
  });

  NARROW.addEventListener("change", () => setSheet(false));
  document.addEventListener("policy:address", () => setSheet(false));

  // A question that has just been asked or answered comes into view; its reply starts at the top.
  let turns = 0;
  let asking = false;
  const follow = () => {
    const answered = document.querySelectorAll("#transcript article.turn");
    const pending = document.querySelector("#pending article.turn");
    if (answered.length > turns) scrollTo(answered[answered.length - 1], "start");
    else if (pending && !asking) scrollTo(pending, "start");
    turns = answered.length;
    asking = Boolean(pending);
  };

  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
})();
