// 文件.  The list or the document that the address names; its outline, jumping, finding, copying links.
// What the page offers every area stands in shell.js.
(() => {
  const NARROW = window.matchMedia("(max-width: 899px)");
  const root = document.documentElement;
  const reader = () => document.getElementById("documents-reader");
  const article = () => reader()?.querySelector("article.reading");
  const clauses = () => [...(article()?.querySelectorAll(".clause") ?? [])];
  let server = null; // read, shelve: events that fill the reader and the list; jump: a call that answers
  let rendered = {}; // what has been set up; gradio mends the article in place, so it may be the same element

  // ---- the address → what is shown ----

  const arrive = (restored = false) => {
    const address = policy.address();
    const doc = policy.view() === "documents" ? (address.get("doc") ?? "") : "";
    root.toggleAttribute("data-reading", Boolean(doc));
    if (!doc) return;
    const shown = article();
    if (shown && [shown.dataset.doc, shown.dataset.number].includes(doc)) show(address.get("clause"), restored);
    else policy.whenOpened(() => wanted() && server?.read({ doc: policy.address().get("doc") }));
  };

  // Whether the address still names another document than the one shown.
  const wanted = () => {
    const doc = policy.address().get("doc");
    const shown = article()?.dataset;
    const other = Boolean(doc) && doc !== shown?.doc && doc !== shown?.number;
    reader()?.classList.toggle("waiting", other);
    return other;
  };

  const named = (name) =>
    clauses().find((one) => one.dataset.path === name) ?? clauses().find((one) => one.dataset.label === name);

  const mark = (name) => {
    for (const other of reader().querySelectorAll(".clause.target")) other.classList.remove("target");
    const clause = name ? named(name) : null;
    clause?.classList.add("target");
    return clause;
  };

  // Brings a clause to the top and the focus to it; going back, the browser knows better where people were.
  const show = (name, restored) => {
    const clause = mark(name);
    if (!name) {
      if (!restored) window.scrollTo(0, 0);
      return;
    }
    if (!clause) return void jump(name, true);
    if (NARROW.matches) article().querySelector(".outline").open = false;
    const place = () => {
      const { top, bottom } = clause.getBoundingClientRect();
      if (restored && bottom > 80 && top < innerHeight - 80) return;
      clause.scrollIntoView({ block: "start", behavior: "instant" });
    };
    if (!restored) place();
    // Once more when what is above has been laid out, and when the browser has scrolled back.
    requestAnimationFrame(() => requestAnimationFrame(place));
    clause.querySelector(".body").focus({ preventScroll: true });
  };

  // ---- a document that has just come ----

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) follow(target.dataset.path);
    },
    { rootMargin: "-100px 0px -85% 0px" },
  );

  // The outline marks the clause that is being read, and keeps it in sight.
  const follow = (path) => {
    const outline = article()?.querySelector(".outline nav");
    outline?.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = outline?.querySelector(`[data-to="${CSS.escape(path)}"]`);
    if (!link) return;
    link.setAttribute("aria-current", "location");
    const [frame, place] = [outline.getBoundingClientRect(), link.getBoundingClientRect()];
    if (place.top < frame.top || place.bottom > frame.bottom)
      outline.scrollTop += place.top - frame.top - frame.height / 3;
  };

  const setUp = () => {
    const shown = article();
    const now = { number: shown?.dataset.number, doc: shown?.dataset.doc, lang: shown?.lang };
    if (Object.keys(now).every((name) => now[name] === rendered[name])) return;
    const before = rendered;
    rendered = now;
    watcher.disconnect();
    unmark();
    reader()?.classList.remove("waiting");
    if (!shown) return;
    for (const clause of clauses()) watcher.observe(clause);
    // In another language of the page the reader stays where they are.
    if (before.doc === now.doc) return mark(policy.address().get("clause"));
    const outline = shown.querySelector(".outline");
    if (outline) outline.open = !NARROW.matches;
    shown.querySelector("form[data-find]")?.reset();
    arrive();
  };

  NARROW.addEventListener("change", () => {
    const outline = article()?.querySelector(".outline");
    if (outline) outline.open = !NARROW.matches;
  });

  // ---- to a place by its name ----

  const address = (doc, clause) => `?${new URLSearchParams(clause ? { doc, clause } : { doc })}`;

  const jump = async (text, replace = false) => {
    const shown = root.hasAttribute("data-reading") ? article() : null;
    const problem = (shown ?? document.getElementById("documents-head")).querySelector(".problem");
    const language = root.lang.slice(0, 2);
    const found = await server.jump({ text, doc: shown?.dataset.number ?? "", language });
    if (problem) problem.textContent = found.problem ?? "";
    if (found.problem) return false;
    policy.go(address(found.doc, found.clause), { replace });
    return true;
  };

  const shelve = (form) => server.shelve({ words: form.elements.text.value, validity: form.elements.validity.value });

  // In the list Enter opens what the words name, or the only document that is left.
  const choose = async (form) => {
    const links = document.querySelectorAll("#documents-shelf .shelf a");
    if (!(await jump(form.elements.text.value)) && links.length === 1) links[0].click();
  };

  // ---- words in the text ----

  const MOST = 2000; // marks; more would only slow the page down
  let marks = []; // one list of <mark>s for each place found
  let at = -1;

  // One form for letters of all widths and cases; lengths stay, so that places do.
  const narrow = (text) => text.normalize("NFKC").toLowerCase();
  const foldOne = (one) => (narrow(one).length === one.length ? narrow(one) : one);
  const fold = (text) => (narrow(text).length === text.length ? narrow(text) : [...text].map(foldOne).join(""));

  const unmark = () => {
    for (const mark of marks.flat()) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent?.normalize();
    }
    [marks, at] = [[], -1];
  };

  const placesOf = (text, wanted) => {
    const found = [];
    for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) found.push(from);
    return found;
  };

  // Marks the words in one clause, also where a heading ends and its paragraph goes on in the middle of them.
  const markIn = (body, wanted) => {
    const nodes = [];
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    let length = 0;
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, from: length });
      length += walker.currentNode.length;
    }
    const found = placesOf(fold(body.textContent), wanted).map((begin) => [begin, begin + wanted.length, []]);
    for (const { node, from } of nodes.reverse())
      for (const [begin, end, made] of [...found].reverse()) {
        const [first, last] = [Math.max(begin - from, 0), Math.min(end - from, node.length)];
        if (first >= last) continue;
        const range = document.createRange();
        range.setStart(node, first);
        range.setEnd(node, last);
        const mark = document.createElement("mark");
        range.surroundContents(mark);
        made.unshift(mark);
      }
    return found.map(([, , made]) => made).filter((made) => made.length);
  };

  const find = (form) => {
    unmark();
    const wanted = fold(form.elements.text.value.trim());
    const all = clauses();
    // Measured before anything is marked: afterwards each measure would lay the text out anew.
    const reached = all.find((clause) => clause.getBoundingClientRect().bottom > 120);
    let first = 0;
    for (const clause of wanted ? all : []) {
      if (marks.length >= MOST) break;
      if (clause === reached) first = marks.length;
      marks.push(...markIn(clause.querySelector(".body"), wanted));
    }
    stepTo(form, first);
  };

  const stepTo = (form, place) => {
    const told = form.querySelector("output");
    for (const mark of marks[at] ?? []) mark.classList.remove("now");
    if (!marks.length) {
      told.textContent = form.elements.text.value.trim() ? told.dataset.none : "";
      return;
    }
    at = (place + marks.length) % marks.length;
    for (const mark of marks[at]) mark.classList.add("now");
    told.textContent = `${at + 1} / ${marks.length}${marks.length >= MOST ? "+" : ""}`;
    marks[at][0].scrollIntoView({ block: "center", behavior: "instant" });
  };

  // ---- links to copy ----

  const copy = async (button) => {
    const said = article().querySelector(".copied");
    const before = (button.dataset.before ??= button.textContent);
    if (!(await policy.copy(new URL(button.dataset.copy, location.href).href))) return;
    button.textContent = said.textContent = said.dataset.copied;
    setTimeout(() => {
      button.textContent = before;
      said.textContent = "";
    }, 2000);
  };

  // ---- events ----

  const later = (act, wait) => {
    let timer;
    return (...what) => {
      clearTimeout(timer);
      timer = setTimeout(act, wait, ...what);
    };
  };
  const [shelveSoon, findSoon] = [later(shelve, 150), later(find, 150)];

  document.addEventListener("input", ({ target }) => {
    if (target.closest("#documents-head form")) shelveSoon(target.form);
    else if (target.closest("form[data-find]")) findSoon(target.form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-jump], [data-find]")) return;
    event.preventDefault();
    if (form.matches("#documents-head form")) choose(form);
    else if (form.matches("[data-jump]")) jump(form.elements.text.value);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-find]");
    if (!form || event.isComposing || event.target.matches("button")) return;
    if (event.key === "Enter") {
      if (marks.length) stepTo(form, at + (event.shiftKey ? -1 : 1));
      else find(form);
    } else if (event.key === "Escape") {
      form.reset();
      find(form);
    }
  });

  document.addEventListener("click", ({ target }) => {
    const [step, copied] = [target.closest("form[data-find] [data-step]"), target.closest("#documents-reader [data-copy]")];
    if (step && marks.length) stepTo(step.form, at + Number(step.dataset.step));
    if (copied) copy(copied);
  });

  document.addEventListener("policy:address", ({ detail }) => arrive(detail.restored));
  new MutationObserver(setUp).observe(root, { childList: true, subtree: true });

  policy.documents = (functions) => {
    server = functions;
    arrive();
  };
})();
