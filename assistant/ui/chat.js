// The talk's further behaviour; page.js has what opens clauses and scrolls.
(() => {
  // What a language model has said so far is read out sentence by sentence.  The region itself must stay in place for
  // that, and gradio replaces what is inside its components.
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
