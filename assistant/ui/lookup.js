// 坐席查询: results as you type, keys, copying, comparing.  lookup.py hands over `server` (find, clause) and `trigger`
// (note, learn, withdraw, looked); everything else is here.  What gradio may replace is looked up anew each time.
const lookup = (() => {
  const REST = 30; // ms without a key before asking: what a hand rolls over several keys is asked once
  const MEANT = 2500; // a text that rests for so long was meant, and is counted
  const NARROW = window.matchMedia("(max-width: 1079px)");
  const now = { text: null, filters: {}, at: -1, pinned: null, open: "", scroll: 0 };
  let server, trigger;
  let asked = 0; // the number of the last question to the server, and of the one whose answer is shown
  let shown = 0;
  let resting, meaning, counted;

  const $ = (selector) => document.querySelector(`#area-lookup ${selector}`);
  const all = (selector) => [...document.querySelectorAll(`#area-lookup ${selector}`)];
  const box = () => $("#lookup-text");
  const pane = () => $("#lookup-pane");
  const said = (name) => $(".above")?.dataset[name] ?? "";
  const language = () => $(".lookup-bar").dataset.language;
  const narrowed = () => Object.values(now.filters).some(Boolean);
  const here = () => policy.view() === "lookup";
  const writing = (target) => target.matches("input, textarea, select, [contenteditable=true]");
  const nameOf = (element) => ({ doc: element.dataset.doc, clause: element.dataset.clause });

  // ---- what is typed, and what comes of it ----

  const type = (text) => {
    now.text = text;
    clearTimeout(resting);
    resting = setTimeout(search, REST);
  };

  const search = async () => {
    clearTimeout(resting);
    resting = 0;
    if (!server || now.text === null) return; // asked for once the page has been opened
    const mine = ++asked;
    remember();
    const empty = !now.text.trim() && !narrowed();
    const question = { text: now.text, filters: now.filters, language: language() };
    const answer = empty ? { html: "", count: "" } : await answered("lookup_find", question);
    if (mine < shown) return; // overtaken by the answer to a later one
    shown = mine;
    list(answer, empty);
    clearTimeout(meaning);
    meaning = setTimeout(meant, MEANT);
  };

  const answered = async (name, question) => {
    const answer = await server[name](question).catch(() => null);
    return answer?.html === undefined ? { html: "", count: said("failed"), failed: true } : answer;
  };

  const list = (answer, empty) => {
    $("#lookup-found").innerHTML = answer.html;
    $("#lookup-side").classList.toggle("asked", !empty);
    const count = $(".count");
    if (count.textContent !== answer.count) count.textContent = answer.count;
    box().setAttribute("aria-expanded", String(Boolean(answer.html)));
    $('[data-do="clear"]').hidden = !narrowed();
    choose(0, false);
  };

  // Counted once for each text, by the server's own search.
  const meant = () => {
    clearTimeout(meaning);
    const text = now.text.trim();
    if (text.length < 2 || text === counted) return;
    counted = text;
    trigger("looked", { text, filters: now.filters });
  };

  const choose = (at, scroll = true) => {
    const options = all(".option");
    now.at = options.length ? Math.max(0, Math.min(at, options.length - 1)) : -1;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === now.at)));
    if (now.at < 0) return box().removeAttribute("aria-activedescendant");
    box().setAttribute("aria-activedescendant", options[now.at].id);
    if (scroll) options[now.at].scrollIntoView({ block: "nearest" });
  };

  // ---- the clause ----

  const go = (wanted) => policy.go(`?${new URLSearchParams({ view: "lookup", ...wanted })}`);

  const open = (element) => {
    meant();
    if (!now.open) now.scroll = window.scrollY;
    const wanted = nameOf(element);
    const other = now.pinned && `${now.pinned.doc} ${now.pinned.clause}`;
    const compares = other && other !== `${wanted.doc} ${wanted.clause}`;
    go(compares ? { ...wanted, with: other } : wanted);
  };

  const openChosen = async () => {
    if (resting || asked > shown) await search();
    const chosen = all(".option")[now.at];
    if (chosen) open(chosen);
  };

  // Shows the clause that the address names, if any.
  const arrive = async (focus = true) => {
    if (!here() || now.text === null) return;
    const address = policy.address();
    const wanted = address.get("doc") ? Object.fromEntries(address) : null;
    const key = wanted ? `${address}` : "";
    remember();
    if (key === now.open) return;
    now.open = key;
    const area = $("#lookup-work");
    area.classList.toggle("opened", Boolean(wanted));
    area.classList.toggle("comparing", Boolean(wanted?.with));
    if (!wanted) {
      pane().innerHTML = `<p class="hint">${said("empty")}</p>`;
      if (NARROW.matches) window.scrollTo(0, now.scroll);
      return;
    }
    const answer = await answered("lookup_clause", { ...wanted, text: now.text, language: language() });
    if (key !== now.open) return;
    pane().innerHTML = answer.html;
    if (answer.failed) toast(answer.count);
    pane().scrollTop = 0;
    if (NARROW.matches) pane().scrollIntoView({ block: "start" });
    if (focus) $("#lookup-pane h3")?.focus({ preventScroll: true });
  };

  const close = () => {
    go({});
    box().focus({ preventScroll: true });
  };

  const pin = (clause) => {
    now.pinned = clause;
    const name = clause && $("#lookup-pane h3")?.textContent;
    const pinned = $(".pinned");
    pinned.hidden = !clause;
    pinned.replaceChildren();
    if (!clause) return;
    const told = document.createElement("p");
    told.textContent = said("comparing").replace("{name}", `${clause.doc} ${name}`);
    const end = document.createElement("button");
    Object.assign(end, { type: "button", textContent: said("end") });
    end.dataset.do = "uncompare";
    pinned.append(told, end);
  };

  const unpin = () => {
    pin(null);
    const { with: other, view, lang, ...wanted } = Object.fromEntries(policy.address());
    if (other) go(wanted);
  };

  // ---- copying ----

  const copy = async () => {
    if (!$("p.said") && now.at >= 0) {
      await openChosen();
      await until(() => $("p.said"));
    }
    const wording = $("p.said:not([hidden])");
    if (wording) toast((await copied(wording)) ? said("copied") : said("byHand"));
  };

  const until = async (holds) => {
    for (let tries = 0; tries < 100 && !holds(); tries++) await new Promise((on) => setTimeout(on, 20));
  };

  const copied = async (element) => {
    const done = await policy.copy(element.textContent);
    if (!done) getSelection().selectAllChildren(element); // for Ctrl+C
    return done;
  };

  let hiding;
  const toast = (text) => {
    const place = $("#lookup-toast");
    clearTimeout(hiding);
    place.textContent = "";
    requestAnimationFrame(() => (place.textContent = text));
    hiding = setTimeout(() => (place.textContent = ""), 6000);
  };

  // ---- forms ----

  const toggleForm = (name, shows) => {
    const form = $(`form[data-form="${name}"]`);
    const button = $(`[data-do="${name}"]`);
    if (!form) return;
    form.hidden = !shows;
    button?.setAttribute("aria-expanded", String(shows));
    (shows ? form.querySelector("input, textarea") : button)?.focus();
  };

  const openForm = () => all("form[data-form]:not([hidden])")[0];

  const SENDS = {
    note: (form) => {
      if (!now.text.trim()) return toast(said("needsText"));
      trigger("note", { text: now.text, filters: now.filters, note: form.elements.note.value });
    },
    learn: (form) =>
      trigger("learn", { ...nameOf($("#lookup-pane article.clause")), question: form.elements.question.value }),
  };

  // The server has kept something, or says why not.
  const kept = (element) => {
    const told = element.querySelector("[data-done]");
    if (!told) return;
    toast(told.textContent);
    if (told.dataset.done === "no") return;
    const form = $(`form[data-form="${told.dataset.done}"]`);
    form?.reset();
    if (form && !form.hidden) toggleForm(told.dataset.done, false);
    if (["learn", "withdraw"].includes(told.dataset.done)) search();
    if (told.dataset.done === "withdraw") $("#lookup-text").focus({ preventScroll: true }); // its button is gone
  };

  // ---- events ----

  const DOES = {
    open: (button) => open(button),
    close,
    copy,
    compare: () => {
      pin(nameOf($("#lookup-pane article.clause")));
      NARROW.matches ? close() : box().focus({ preventScroll: true });
    },
    uncompare: unpin,
    length: (button) => {
      const wanted = button.dataset.length;
      for (const one of all("p.said")) one.hidden = one.dataset.length !== wanted;
      for (const one of all('[data-do="length"]')) {
        one.setAttribute("aria-pressed", String(one.dataset.length === wanted));
      }
    },
    note: () => toggleForm("note", $('form[data-form="note"]').hidden),
    withdraw: (button) => trigger("withdraw", { number: button.dataset.number }),
    learn: () => {
      const form = $('form[data-form="learn"]');
      if (form.hidden && !form.elements.question.value) form.elements.question.value = now.text.trim();
      toggleForm("learn", form.hidden);
    },
    cancel: (button) => toggleForm(button.closest("form").dataset.form, false),
    filters: (button) => {
      const shows = $("#lookup-filters").classList.toggle("shown");
      button.setAttribute("aria-expanded", String(shows));
    },
    clear: () => {
      now.filters = {};
      restore();
      box().focus();
    },
    find: (button) => {
      box().value = button.dataset.text;
      box().focus();
      now.text = button.dataset.text;
      search();
    },
  };

  const back = () => {
    const form = openForm();
    if (form) return toggleForm(form.dataset.form, false);
    if (now.pinned || policy.address().has("with")) return unpin();
    if (now.open) return close();
    if (document.activeElement !== box()) return box().focus();
    box().value = "";
    type("");
  };

  const KEYS = {
    "/": (event) => !writing(event.target) && (box().focus(), box().select(), true),
    c: (event) => !writing(event.target) && (copy(), true),
    Escape: () => (back(), true),
    Enter: (event) => event.target === box() && (openChosen(), true),
    ArrowDown: (event) => moves(event.target) && (choose(now.at + 1), true),
    ArrowUp: (event) => moves(event.target) && (choose(now.at - 1), true),
  };
  const moves = (target) => target === box() || target === document.body;

  document.addEventListener("keydown", (event) => {
    if (!here() || now.text === null || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS[event.key]?.(event)) event.preventDefault();
  });

  // While Chinese is being composed the box holds pinyin: nothing to search for.
  document.addEventListener("input", (event) => {
    if (event.target === box() && !event.isComposing) type(event.target.value);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target === box()) type(event.target.value);
  });

  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.filter;
    if (!name || !event.target.closest("#area-lookup")) return;
    now.filters = { ...now.filters, [name]: event.target.value };
    search();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#area-lookup form[data-form]");
    if (!form) return;
    event.preventDefault();
    SENDS[form.dataset.form](form);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("#area-lookup")) return;
    const button = event.target.closest("[data-do]");
    const option = event.target.closest(".option");
    if (button) DOES[button.dataset.do]?.(button);
    else if (option) {
      choose(all(".option").indexOf(option), false);
      open(option);
    }
  });

  document.addEventListener("policy:address", () => arrive());

  // ---- coming back ----

  // What was typed stays with this tab's own history entry: it outlives a reload and goes with the tab.
  const remember = () => {
    if (!here()) return;
    const { text, filters } = now;
    if (text === null) return;
    history.replaceState({ ...history.state, lookup: { text, filters } }, "");
  };

  // Fills in what gradio has replaced (another language), and asks again in its words.
  const restore = () => {
    if (now.text === null) return;
    if (box().value !== now.text) box().value = now.text;
    for (const select of all("[data-filter]")) select.value = now.filters[select.dataset.filter] ?? "";
    now.open = "";
    search();
    arrive(false);
    if (now.pinned) unpin();
    if (!policy.address().has("doc")) pane().innerHTML = `<p class="hint">${said("empty")}</p>`;
  };

  const start = (parts) => {
    ({ server, trigger } = parts);
    parts.watch("value", restore);
    policy.whenOpened(() => {
      const left = history.state?.lookup;
      now.text ??= policy.address().get("find") ?? left?.text ?? "";
      if (!narrowed()) now.filters = left?.filters ?? {};
      counted = left?.text?.trim();
      restore();
      if (here() && !NARROW.matches && !policy.address().has("doc")) box().focus({ preventScroll: true });
    });
  };

  return { kept, start };
})();
