// The way between the areas.  The address tells what is shown: `?view=lookup`, `?doc=…&clause=…`, `?q=…`, `&lang=en`.
//
// What an area's own script can use:
//   policy.go("?doc=…")              goes there without loading the page anew; {replace: true} leaves no step behind
//   policy.address(), policy.view()  where we are
//   policy.copy(text)                into the clipboard; gives whether it got there
//   policy.whenOpened(act)           acts once the server has filled the page that was opened, or at once if it has
//                                    (then <html> has data-opened)
//   "policy:address" on document     fires whenever the address has changed; detail: {view, address, restored}
//   <a data-go href="?…">            a link inside the page; opens in a new tab as any link does
const policy = (() => {
  const root = document.documentElement;
  const title = () => document.querySelector("#banner .banner")?.dataset.title;
  const last = {}; // where each area was left, so that coming back is coming back to it

  const address = () => new URLSearchParams(location.search);
  const view = () => {
    const asked = address();
    if (POLICY_AREAS.includes(asked.get("view"))) return asked.get("view");
    return asked.has("doc") ? "documents" : POLICY_AREAS[0];
  };

  // Marks the open area in the navigation and the title; again after gradio has replaced either.
  const mark = () => {
    const banner = document.querySelector("#banner .banner");
    for (const link of document.querySelectorAll("#areas a")) {
      const current = link.dataset.view === root.dataset.view;
      if (current !== link.hasAttribute("aria-current")) link.toggleAttribute("aria-current", current);
      if (current && link.getAttribute("aria-current") !== "page") link.setAttribute("aria-current", "page");
    }
    if (!banner) return;
    const name = document.querySelector("#areas a[aria-current]")?.textContent ?? "";
    const wanted = root.dataset.view === POLICY_AREAS[0] ? title() : `${name} · ${title()}`;
    if (document.title !== wanted) document.title = wanted;
    if (root.lang !== banner.dataset.language) root.lang = banner.dataset.language;
  };

  // `restored`: by the browser's back or forward, which also scrolls to where people were.
  const arrive = (restored = false) => {
    root.dataset.view = view();
    last[view()] = location.search;
    mark();
    document.querySelector("#areas a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    document.dispatchEvent(
      new CustomEvent("policy:address", { detail: { view: view(), address: address(), restored } }),
    );
  };

  const go = (to, { replace = false } = {}) => {
    const [here, there] = [address(), new URLSearchParams(to)];
    there.delete("lang");
    if (here.has("lang")) there.set("lang", here.get("lang"));
    if (`${there}` !== `${here}`) history[replace ? "replaceState" : "pushState"](null, "", `?${there}`);
    arrive();
  };

  // The language goes into the address, so that reloading keeps it; Chinese needs no saying.
  const speak = (language) => {
    const here = address();
    here.delete("lang");
    if (language !== "zh") here.set("lang", language);
    history.replaceState(null, "", `${here}` ? `?${here}` : location.pathname);
  };

  let open = false;
  const waiting = [];
  const opened = () => {
    open = true;
    root.dataset.opened = "";
    for (const act of waiting.splice(0)) act();
  };
  const whenOpened = (act) => (open ? act() : waiting.push(act));

  const skip = () => {
    const area = document.getElementById(`area-${root.dataset.view}`);
    (area?.querySelector("#question textarea") ?? area?.querySelector("h2[tabindex]"))?.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#areas a, a[data-go], a.skip");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!link || elsewhere) return;
    event.preventDefault();
    if (link.matches(".skip")) return skip();
    // The open area's own link leads to its beginning, another's to where it was left.
    const left = link.dataset.view && link.dataset.view !== root.dataset.view && last[link.dataset.view];
    go(left || link.getAttribute("href"));
    if (link.dataset.view) window.scrollTo(0, 0);
  });
  window.addEventListener("popstate", () => arrive(true));
  new MutationObserver(mark).observe(root, { childList: true, subtree: true });
  arrive();

  // The clipboard is for secure pages only; a server of one's own often is not one.  False where nothing was copied.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const focused = document.activeElement;
      const field = Object.assign(document.createElement("textarea"), { value: text });
      field.style.cssText = "position:fixed;opacity:0";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      focused?.focus({ preventScroll: true });
      return done;
    }
  };
  return { address, copy, go, opened, speak, view, whenOpened };
})();
