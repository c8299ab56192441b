// The talk's further behaviour: keeping it over a reload, copying, rating, files, reading out what a model says.
// page.js has what opens clauses and scrolls.  What is bound in chat.py calls policy.kept, keep, rating and download.
(() => {
  // ---- the talk outlives a reload, in this tab alone ----

  const KEY = "policy.talk";
  const load = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    } catch {
      return {}; // no storage here, or not ours
    }
  };
  const save = (kept) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // full, or forbidden: then the talk ends with the page
    }
  };

  // What there is to restore: {talk, question}; the question in the address unless this talk has asked it already.
  policy.kept = () => {
    const { talk = "", asked = "" } = load();
    const named = policy.address().get("q") ?? "";
    const question = named === asked ? "" : named;
    return talk || question ? { talk, question } : null;
  };

  // The talk is in place; who leaves the page sooner breaks off what the server is sending.
  policy.restored = () => (document.documentElement.dataset.restored = "");

  policy.keep = (holder) => {
    if (!holder) return;
    save({ talk: holder.dataset.talk, asked: policy.address().get("q") ?? "" });
  };

  // ---- copying, and files ----

  const copy = async (button) => {
    const before = (button.dataset.before ??= button.textContent);
    if (!(await policy.copy(button.dataset.copyText))) return;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = before), 2000);
  };

  let made = "";
  policy.download = (file) => {
    if (!file || file.dataset.at === made) return;
    made = file.dataset.at;
    const bytes = Uint8Array.from(atob(file.dataset.bytes), (letter) => letter.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.dataset.type }));
    link.download = file.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    file.remove();
  };

  // ---- what one thinks of an answer ----

  const choose = (thumb) => {
    const form = document.getElementById(thumb.getAttribute("aria-controls"));
    const open = form.hidden || form.dataset.verdict !== thumb.dataset.verdict;
    form.hidden = !open;
    form.dataset.verdict = thumb.dataset.verdict;
    for (const other of thumb.parentElement.querySelectorAll("[data-verdict]:not(form)"))
      other.setAttribute("aria-expanded", String(open && other === thumb));
    for (const group of form.querySelectorAll("fieldset"))
      group.hidden = group.disabled = group.dataset.for !== thumb.dataset.verdict;
    if (open) form.querySelector("fieldset:not([hidden]) input").focus();
  };

  // The form as the server takes it; where it stood, thanks are said.
  policy.rating = (form) => {
    if (!form.matches("form[data-rate]")) return null;
    const [tools, said] = [form.parentElement, new FormData(form)];
    const reason = [said.get("reason"), said.get("more")?.trim()].filter(Boolean).join("；");
    const rating = { turn: Number(form.dataset.rate), verdict: form.dataset.verdict, reason };
    for (const thumb of tools.querySelectorAll("[data-verdict]:not(form)")) thumb.remove();
    form.remove();
    const thanks = tools.querySelector(".thanks");
    thanks.hidden = false;
    thanks.focus();
    return rating;
  };

  document.addEventListener("click", ({ target }) => {
    const [text, thumb] = [target.closest("#talk [data-copy-text]"), target.closest("#talk button[data-verdict]")];
    if (text) copy(text);
    if (thumb) choose(thumb);
    if (target.closest("#talk [data-edit]")) document.querySelector("#question textarea")?.focus();
  });

  // ---- what a language model has said so far is read out, sentence by sentence ----

  // The region itself must stay in place for that, and gradio replaces what is inside its components.
  const heard = document.createElement("div");
  heard.className = "heard";
  heard.setAttribute("role", "log");
  heard.setAttribute("aria-live", "polite");
  const readOut = () => {
    if (!heard.isConnected && document.querySelector("#pending article")) document.body.append(heard);
    const said = [...document.querySelectorAll("#pending .said div p")].map((it) => it.textContent);
    const before = [...heard.children].map((it) => it.textContent);
    const more = before.every((text, at) => text === said[at]) ? said.slice(before.length) : said;
    if (more.length === said.length && before.length) heard.replaceChildren();
    for (const text of more) heard.append(Object.assign(document.createElement("p"), { textContent: text }));
  };
  new MutationObserver(readOut).observe(document.documentElement, { childList: true, subtree: true });
})();
