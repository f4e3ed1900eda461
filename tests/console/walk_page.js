// What a page says and how it is built: texts that are seen, headings, numbers without a proof.
() => {
  const untranslated = "[translate=no], code, kbd, pre, samp, .qy-mono, .qy-hash, .qy-telegram, .qy-unit, script, noscript, style, template";
  const language = document.documentElement.lang.slice(0, 2);
  const foreign = node => {
    const stated = node.closest("[lang]");
    return node.closest(untranslated) || (stated && stated.lang.slice(0, 2) !== language);
  };
  const texts = new Set();
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), around = walker.currentNode.parentElement;
    if (text && !foreign(around) && !around.closest("textarea")) texts.add(text);
  }
  for (const node of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]"))
    if (!foreign(node)) for (const name of ["title", "aria-label", "placeholder", "alt"])
      if (node.getAttribute(name)) texts.add(node.getAttribute(name));
  const unproven = [];
  for (const table of document.querySelectorAll("main .qy-table")) {
    const columns = new Set();
    const cells = [...table.querySelectorAll("tbody td")];
    for (const cell of cells) if (cell.querySelector(".qy-figure")) columns.add(cell.cellIndex);
    for (const cell of cells)
      if (columns.has(cell.cellIndex) && /^[-−]?\d/.test(cell.textContent.trim()) && !cell.querySelector(".qy-figure")
          && !cell.closest("[data-plain]") && cell.colSpan === 1) unproven.push(cell.textContent.trim());
  }
  const main = document.querySelector("main");
  return { texts: [...texts], unproven, h1: document.querySelectorAll("h1").length, title: document.title,
           main: main ? main.innerText.trim() : "" };
}
