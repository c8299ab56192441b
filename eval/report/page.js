// Language, filters and deep links.  It only shows and hides what is on the page; nothing is fetched, nothing stored.
(() => {
  const root = document.documentElement;
  const index = JSON.parse(document.getElementById("index").textContent);
  const cases = [...document.querySelectorAll("details.case")];
  const form = document.querySelector("form.filters");
  const count = document.querySelector(".count");
  // Set by links only ("passed with flaws"); the form has no field for it.
  let flawedOnly = false;
  root.classList.add("scripted");

  const speak = (language) => {
    root.dataset.lang = language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    for (const element of document.querySelectorAll("[data-zh]")) {
      const words = element.dataset[language];
      if (element.dataset.to) element.setAttribute(element.dataset.to, words);
      else element.textContent = words;
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    tell();
  };

  const tell = () => {
    const shown = cases.filter((element) => !element.hidden).length;
    count.textContent = count.dataset.words.replace("{shown}", shown).replace("{n}", cases.length);
    document.querySelector(".none").hidden = shown > 0 || cases.length === 0;
  };

  // As eval.records.folded: the index holds texts in this form.
  const folded = (text) => text.normalize("NFKC").replace(/\s+/g, "").replaceAll(",", "，").toLowerCase();

  const filter = () => {
    const { text, type, difficulty, status, kind, failed } = form.elements;
    const words = text.value.split(/\s+/).map(folded).filter(Boolean);
    index.forEach((row, at) => {
      const fits =
        (!type.value || row.type === type.value) &&
        (!difficulty.value || row.difficulty === difficulty.value) &&
        (!status.value || row.status === status.value) &&
        (!kind.value || row.kinds.includes(kind.value)) &&
        (!failed.checked || row.verdict === "fail") &&
        (!flawedOnly || row.verdict === "flawed") &&
        words.every((word) => row.text.includes(word));
      cases[at].hidden = !fits;
    });
    tell();
  };

  const clear = () => {
    form.reset(); // its reset event filters anew, once the fields are empty
    flawedOnly = false;
    filter();
  };

  // A link in the tables above chooses one filter and takes the reader to the cases.
  const choose = (data) => {
    clear();
    for (const name of ["type", "difficulty", "kind"]) {
      const value = data[`set${name[0].toUpperCase()}${name.slice(1)}`];
      if (value) form.elements[name].value = value;
    }
    form.elements.failed.checked = data.setVerdict === "fail";
    flawedOnly = data.setVerdict === "flawed";
    filter();
  };

  const named = () => {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // a broken % in the address
    }
  };

  const follow = () => {
    const target = named();
    if (!target?.matches("details.case")) return;
    if (target.hidden) clear();
    target.open = true;
    target.scrollIntoView({ block: "start" });
    target.querySelector("summary").focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-language]");
    if (button) speak(button.dataset.language);
    const link = event.target.closest("[data-set-type], [data-set-difficulty], [data-set-kind], [data-set-verdict]");
    if (link) choose(link.dataset);
    const opener = event.target.closest("[data-open]");
    if (opener) for (const element of cases) if (!element.hidden) element.open = opener.dataset.open === "all";
    // The address may already name the case, and then nothing would happen.
    if (event.target.closest('a[href^="#case-"]')) setTimeout(follow);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => {
    flawedOnly = false;
    setTimeout(filter);
  });
  window.addEventListener("hashchange", follow);

  speak(new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh");
  follow();
})();
