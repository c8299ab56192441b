// The evaluation area: sends its address to the server whenever it changes, keeps the choices in step with it,
// asks for a comparison that the server has left for later, and follows a run that is under way.
const evaluationArea = (() => {
  const NAME = "evaluation";
  const TICK_MS = 1000;
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
  let send = () => {};
  let came = "";

  const here = () => policy.view() === NAME;
  const address = () => Object.fromEntries(policy.address());
  const area = () => document.getElementById(`area-${NAME}`);
  const show = (anew) => send("show", { address: address(), anew });

  // The address with some fields changed; a choice of cases begins at their first page.
  const change = (fields, options) => {
    const to = policy.address();
    to.set("view", NAME);
    for (const name of ["page", "case"]) to.delete(name);
    for (const [name, value] of Object.entries(fields)) value ? to.set(name, value) : to.delete(name);
    policy.go(`?${to}`, options);
  };

  const lead = (id) => {
    const heading = document.getElementById(id);
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "start", behavior: CALM.matches ? "auto" : "smooth" });
  };

  const keepStep = () => {
    for (const list of area()?.querySelectorAll("select[data-set]") ?? []) {
      const wanted = policy.address().get(list.dataset.set) ?? "";
      if (list.value !== wanted && [...list.options].some((option) => option.value === wanted)) list.value = wanted;
    }
  };

  const connect = (element, trigger) => {
    send = trigger;
    policy.whenOpened(() => {
      came = policy.view();
      document.addEventListener("policy:address", () => {
        const anew = came !== NAME;
        came = policy.view();
        if (here()) show(anew);
        keepStep();
      });
      // Opened elsewhere and gone here before the server had filled the page.
      if (here() && !element.textContent.trim()) show(true);
    });
  };

  // A comparison takes seconds: the page says so first, and asks for it then.
  const compares = (element, watch) => {
    const look = () => {
      const shown = element.querySelector("[data-against]");
      const stale = shown && shown.dataset.against !== (policy.address().get("against") ?? "");
      if (stale || element.querySelector(".ev-waiting")) send("compare", { address: address() });
    };
    watch("value", look);
    policy.whenOpened(look);
  };

  // While a run is under way its progress is asked for; once it has ended the list is filled anew.
  const follow = (element, tick) => {
    let busy = false;
    setInterval(() => {
      const now = Boolean(element.querySelector("[data-busy]"));
      if (busy && !now && here()) show(true);
      busy = now;
      if (now && !document.hidden && here()) tick();
    }, TICK_MS);
  };

  const download = () => {
    const link = document.querySelector("#evaluation-file a[href], a#evaluation-file[href]");
    (link ?? document.querySelector("#evaluation-file button, button#evaluation-file"))?.click();
  };

  document.addEventListener("change", (event) => {
    const list = event.target.closest(`#area-${NAME} select[data-set]`);
    if (list) change({ [list.dataset.set]: list.value }, { replace: list.dataset.set !== "against" });
  });

  document.addEventListener("click", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const found = event.target.closest(`#area-${NAME} :is([data-act], [data-jump], [data-pick], [data-cases], #evaluation-runs a)`);
    if (!found) return;
    if (found.dataset.act) send(found.dataset.act, { address: address() });
    if (found.dataset.jump) lead(found.dataset.jump);
    if (found.dataset.pick) change({ measure: found.dataset.measure ?? "", type: found.dataset.pick });
    if (found.dataset.pick || found.matches("[data-cases]")) lead("ev-cases");
    else if (found.matches("a")) chosen = true;
  });

  // A run chosen from the list: its heading gets the focus once the server has sent it.
  let chosen = false;
  const arrives = (element, watch) =>
    watch("value", () => {
      keepStep();
      if (chosen) lead("ev-run");
      chosen = false;
    });

  return { arrives, compares, connect, download, follow };
})();
