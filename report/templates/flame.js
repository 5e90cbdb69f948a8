// Flame graphs: zoom, search and keys. Without it every bar is there and says its figures when pointed at.
for (const svg of document.querySelectorAll("svg.flame")) {
  const WIDTH = svg.viewBox.baseVal.width, CHARACTER = 6.7;
  const bars = [...svg.querySelectorAll("g")].map((g) => {
    const rect = g.querySelector("rect"), number = (name) => Number(rect.getAttribute(name));
    const [name, note] = g.querySelector("title").textContent.split("\n");
    return { g, rect, text: g.querySelector("text"), name, note, x: number("x"), y: number("y"), w: number("width") };
  });
  const EDGE = 0.5;
  const holds = (outer, inner) => outer.x <= inner.x + EDGE && outer.x + outer.w >= inner.x + inner.w - EDGE;
  let zoomed = bars[0], current = bars[0];

  const tools = document.createElement("div");
  tools.className = "flame-tools";
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: "Search functions" });
  search.setAttribute("aria-label", "Search functions in this flame graph");
  const reset = Object.assign(document.createElement("button"), { type: "button", textContent: "Show all", disabled: true });
  const found = document.createElement("output");
  tools.append(search, reset, found);
  const status = document.createElement("p");
  status.className = "flame-status";
  status.setAttribute("role", "status");
  const HELP = "Click or Enter zooms, Escape shows all, arrows go from call to call.";
  status.textContent = HELP;
  svg.parentElement.before(tools, status);
  svg.tabIndex = 0;
  svg.setAttribute("role", "application");

  const place = (bar, x, w) => {
    bar.g.removeAttribute("display");
    bar.rect.setAttribute("x", x.toFixed(2));
    bar.rect.setAttribute("width", Math.max(w, 0.2).toFixed(2));
    const room = Math.floor((w - 6) / CHARACTER);
    if (room >= 3 && !bar.text) {
      bar.text = document.createElementNS(svg.namespaceURI, "text");
      bar.text.setAttribute("y", bar.y + 13);
      bar.text.setAttribute("class", "f-w");
      bar.g.append(bar.text);
    }
    if (!bar.text) return;
    const letters = [...bar.name], last = bar.name.slice(bar.name.lastIndexOf("/") + 1);
    const fitting = [bar.name, last].find((name) => name.length <= room);
    bar.text.textContent = room < 3 ? "" : fitting ?? "…" + letters.slice(1 - room).join("");
    bar.text.setAttribute("x", (x + 3).toFixed(2));
  };
  const zoom = (to) => {
    const scale = WIDTH / (to.w + 0.4);
    for (const bar of bars) {
      if (bar.y < to.y && holds(bar, to)) place(bar, 0, WIDTH - 0.4);
      else if (bar.y >= to.y && holds(to, bar)) place(bar, (bar.x - to.x) * scale, bar.w * scale);
      else bar.g.setAttribute("display", "none");
      bar.g.classList.toggle("above", bar.y < to.y);
    }
    zoomed = to;
    reset.disabled = to === bars[0];
  };
  const point = (bar) => {
    current.g.classList.remove("current");
    current = bar;
    bar.g.classList.add("current");
    status.textContent = bar.name + ": " + bar.note;
  };
  const find = () => {
    const wanted = search.value.trim();
    let matches = (name) => name.toLowerCase().includes(wanted.toLowerCase());
    try { const expression = new RegExp(wanted, "i"); matches = (name) => expression.test(name); } catch { /* as it is written */ }
    const hits = wanted ? bars.filter((bar) => matches(bar.name)) : [];
    for (const bar of bars) bar.g.classList.toggle("hit", hits.includes(bar));
    svg.classList.toggle("searching", wanted !== "");
    const outermost = hits.filter((hit) => !hits.some((other) => other !== hit && other.y < hit.y && holds(other, hit)));
    const share = outermost.reduce((sum, hit) => sum + hit.w, 0) / bars[0].w * 100;
    found.textContent = !wanted ? "" : hits.length ? hits.length + " found, " + share.toFixed(1) + " % of the width" : "none found";
  };
  const shown = (bar) => bar.g.getAttribute("display") !== "none";
  const beside = (step) => {
    const row = bars.filter((bar) => bar.y === current.y && shown(bar)).sort((a, b) => a.x - b.x);
    return row[row.indexOf(current) + step];
  };
  const caller = () => bars.findLast((bar) => bar.y < current.y && holds(bar, current));
  const callee = () => {
    const called = bars.filter((bar) => bar.y > current.y && shown(bar) && holds(current, bar));
    const next = Math.min(...called.map((bar) => bar.y));
    return called.filter((bar) => bar.y === next).sort((a, b) => b.w - a.w)[0];
  };
  const KEYS = { ArrowUp: caller, ArrowDown: callee, ArrowLeft: () => beside(-1), ArrowRight: () => beside(1) };
  svg.addEventListener("keydown", (event) => {
    if (event.key in KEYS) { const next = KEYS[event.key](); if (next) point(next); }
    else if (event.key === "Enter") zoom(current);
    else if (event.key === "Escape") zoom(bars[0]);
    else return;
    event.preventDefault();
  });
  const under = (event) => bars.find((bar) => bar.g === event.target.closest("g"));
  svg.addEventListener("click", (event) => { const bar = under(event); if (bar) { point(bar); zoom(bar === zoomed ? bars[0] : bar); } });
  svg.addEventListener("mousemove", (event) => { const bar = under(event); if (bar && bar !== current) point(bar); });
  reset.addEventListener("click", () => zoom(bars[0]));
  search.addEventListener("input", find);
}
