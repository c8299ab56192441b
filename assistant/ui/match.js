// 适用政策.  What the page offers every area stands in shell.js.
// The address is the state: the form, an answer or a filter changes it, and what changed is sent or shown from there.
const matching = (() => {
  const ENTRY = ["industry", "district", "size", "text", "traits", "needs", "yes", "no"];
  const FILTERS = ["instrument", "place", "validity", "document"];
  const PATIENCE = 10_000; // milliseconds; a check that was lost holds up the next one no longer
  const NARROW = window.matchMedia("(max-width: 1079px)");
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
  const list = () => document.getElementById("match-results");
  const form = () => document.querySelector("#match-form form");

  // The part of an address that says what the firm is (or, by FILTERS, what is shown), always in the same order.
  const part = (address, names) => {
    const kept = new URLSearchParams();
    for (const name of names) if (address.get(name)) kept.set(name, address.get(name));
    return kept;
  };
  const here = (names) => (policy.view() === "match" ? part(policy.address(), names) : new URLSearchParams());
  let sent = `${here(ENTRY)}`; // the server fills what the page was opened with
  let keep = false; // whether the form is the origin of a change, so that it stays as it is
  // Where to go once the list has changed; on a phone a link to a firm leads past the form.
  let land = sent && NARROW.matches ? "view" : "";

  const change = (changes, { fromForm = false, replace = true } = {}) => {
    const wanted = here([...ENTRY, ...FILTERS]);
    for (const [name, value] of Object.entries(changes)) value ? wanted.set(name, value) : wanted.delete(name);
    keep = fromForm;
    policy.go(`?view=match&${wanted}`, { replace });
    keep = false;
  };

  // ---- the form ----

  const read = (shown) => {
    const data = new FormData(shown);
    const said = {};
    for (const name of ["industry", "district", "size", "text"]) said[name] = (data.get(name) ?? "").trim();
    for (const name of ["traits", "needs"]) said[name] = data.getAll(name).join(",");
    return said;
  };

  const find = (box) => {
    const wanted = box.value.trim().toLowerCase();
    const tree = box.closest("fieldset").querySelector(".tree");
    const seen = new Set();
    tree.classList.toggle("finding", Boolean(wanted));
    for (const group of tree.querySelectorAll("details")) {
      let any = false;
      for (const item of group.querySelectorAll("li")) {
        const fits = !wanted || (item.dataset.names.includes(wanted) && !seen.has(item.dataset.key));
        if (wanted && fits) seen.add(item.dataset.key);
        item.hidden = !fits;
        any ||= fits;
      }
      group.hidden = !any;
      group.open = wanted ? any : Boolean(group.querySelector("input:checked"));
    }
    const none = box.closest("fieldset").querySelector("[data-none]");
    none.textContent = wanted && !seen.size ? none.dataset.says : "";
  };

  const view = (name) =>
    document.getElementById(name).scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth" });

  const toList = () => {
    list()?.querySelector("h3")?.focus({ preventScroll: true });
    if (NARROW.matches) view("match-list");
  };

  // One check at a time, and after it the newest entry: gradio may answer out of order, and its own queue loses events.
  let next = null;
  let following = null;
  let again = null;
  const follow = (send) => {
    again = send;
    if (!next || (following && Date.now() - following < PATIENCE)) return;
    const data = next;
    next = null;
    following = Date.now();
    document.getElementById("match-list").classList.add("busy");
    send(data);
  };

  // gradio mends the page in place of rebuilding it: what people touched would stay as they left it.
  const settle = () => {
    for (const field of form().querySelectorAll("input, textarea")) {
      if (field.matches("[type=radio], [type=checkbox]")) field.checked = field.defaultChecked;
      else field.value = field.defaultValue;
    }
    find(document.getElementById("match-find"));
  };

  const startForm = (element, send, whenChanged) => {
    whenChanged(settle);
    document.addEventListener("policy:address", () => {
      if (policy.view() !== "match") return;
      const asked = `${here(ENTRY)}`;
      if (asked === sent) return filter();
      sent = asked;
      next = { entry: asked, keep: keep && (next?.keep ?? true) };
      policy.whenOpened(() => follow(send));
    });
    element.addEventListener("change", (event) => {
      if (!event.target.matches("#match-find")) change(read(form()), { fromForm: true });
    });
    element.addEventListener("input", (event) => {
      element.querySelector("[data-nothing]").hidden = true;
      if (event.target.matches("#match-find")) find(event.target);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.target.matches("textarea") && !event.shiftKey) {
        event.preventDefault();
        form().requestSubmit();
      }
      if (event.target.matches("#match-find")) {
        event.preventDefault();
        element.querySelector(".tree li:not([hidden]) input")?.focus();
      }
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const before = sent;
      change(read(form()), { fromForm: true });
      element.querySelector("[data-nothing]").hidden = Boolean(sent);
      if (!sent) return;
      if (sent === before) toList();
      else land = "list";
    });
    element.addEventListener("reset", (event) => {
      event.preventDefault();
      change(Object.fromEntries([...ENTRY, ...FILTERS].map((name) => [name, ""])), { replace: false });
    });
  };

  // ---- the list ----

  const values = (item, name) => item.dataset[name].split("|");

  // Shows what passes the filters of the address; a value that the list does not have filters nothing.
  const filter = () => {
    const box = list();
    if (!box?.querySelector(".filters")) return;
    const asked = here(FILTERS);
    const set = {};
    for (const select of box.querySelectorAll("[data-filter]")) {
      const wanted = asked.get(select.dataset.filter) ?? "";
      select.value = wanted;
      if (select.value !== wanted) select.value = "";
      if (select.value) set[select.dataset.filter] = select.value;
    }
    const passes = (item, names) => names.every((name) => values(item, name).includes(set[name]));
    const names = Object.keys(set);
    let [shown, all] = [0, 0];
    for (const group of box.querySelectorAll(".group")) {
      const items = [...group.querySelectorAll("[data-at]")];
      for (const item of items) item.hidden = !passes(item, names);
      const left = items.filter((item) => !item.hidden).length;
      group.querySelector("[data-count]").textContent = names.length ? `${left} / ${items.length}` : left;
      const none = group.querySelector(".none");
      if (items.length) {
        none.hidden = left > 0;
        none.textContent = none.dataset.filtered;
      }
      shown += left;
      all += items.length;
    }
    bars(box, set, passes);
    box.querySelector("[data-unfilter]").hidden = !names.length;
    const says = box.querySelector(".shown");
    says.textContent = says.dataset.says.replace("{shown}", shown).replace("{all}", all);
  };

  // Each bar counts what choosing it would show beside the other filters.
  const bars = (box, set, passes) => {
    const others = Object.keys(set).filter((name) => name !== "instrument");
    const serving = [...box.querySelectorAll(".group.applies [data-at], .group.may_apply [data-at]")];
    const counted = serving.filter((item) => passes(item, others));
    const rows = [...box.querySelectorAll("[data-bar]")].map((bar) => ({
      bar,
      count: counted.filter((item) => values(item, "instrument").includes(bar.dataset.bar)).length,
    }));
    const most = Math.max(1, ...rows.map((row) => row.count));
    for (const { bar, count } of rows) {
      bar.setAttribute("aria-pressed", String(set.instrument === bar.dataset.bar));
      bar.querySelector(".number").textContent = count;
      bar.querySelector(".bar span").style.width = `${(100 * count) / most}%`;
    }
  };

  const answer = (fact, key) => {
    const said = (name) => (here(ENTRY).get(name) ?? "").split(",").filter((one) => one && one !== fact);
    const answers = { yes: said("yes"), no: said("no") };
    if (key) answers[key].push(fact);
    land = "questions";
    change({ yes: answers.yes.join(","), no: answers.no.join(",") });
  };

  const showing = () => {
    const items = [...list().querySelectorAll("[data-at]")];
    return items.some((item) => item.hidden)
      ? items.filter((item) => !item.hidden).map((item) => Number(item.dataset.at))
      : null;
  };

  const startList = (element, download, whenChanged) => {
    element.addEventListener("click", (event) => {
      const at = event.target.closest("button, a");
      if (!at) return;
      const { answer: key, fact, undo, bar } = at.dataset;
      if (key) answer(fact, key);
      else if (undo) answer(undo, "");
      else if (bar) change({ instrument: at.getAttribute("aria-pressed") === "true" ? "" : bar });
      else if (at.matches("[data-unfilter]")) {
        change(Object.fromEntries(FILTERS.map((name) => [name, ""])));
        element.querySelector("[data-filter]").focus();
      } else if (at.matches("[data-download]")) download({ entry: sent, shown: showing() });
      else if (at.matches("[data-to-form]")) {
        event.preventDefault();
        view("match-form");
        document.getElementById("match-text").focus({ preventScroll: true });
      }
    });
    element.addEventListener("change", (event) => {
      const { filter: name, field } = event.target.dataset;
      if (name) change({ [name]: event.target.value });
      if (field && event.target.value) {
        land = "questions";
        change({ [field]: event.target.value });
      }
    });
    whenChanged(() => {
      filter();
      if (land === "view") view("match-list");
      if (land === "list") toList();
      if (land === "questions") (element.querySelector("#match-questions") ?? element.querySelector("h3"))?.focus();
      land = "";
    });
    filter();
  };

  const done = () => {
    document.getElementById("match-list").classList.remove("busy");
    following = null;
    if (next) follow(again);
  };

  return { form: startForm, results: startList, done };
})();
