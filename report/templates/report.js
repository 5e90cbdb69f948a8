// Sorts tables by their headings, and marks where in the contents one is. Without it both are complete.
const UNITS = {
  ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600,
  B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3,
};
// "2.70 s" and "890 ms" by what they are worth, words by the alphabet, what was not measured last.
const worth = (cell) => {
  const text = (cell?.firstChild?.textContent ?? cell?.textContent ?? "").trim();
  if (text === "unbounded") return { number: Infinity };
  const found = /^([+-]?[\d,]*\.?\d+)\s*(\p{L}+)?/u.exec(text);
  if (found) return { number: Number(found[1].replaceAll(",", "")) * (UNITS[found[2]] ?? 1) };
  return text === "" || text.startsWith("not ") ? {} : { text };
};
const compare = (a, b) => {
  if (a.number !== undefined && b.number !== undefined) return a.number === b.number ? 0 : a.number - b.number;
  if (a.text !== undefined && b.text !== undefined) return a.text.localeCompare(b.text, "en");
  return (a.number === undefined) - (b.number === undefined);
};
const known = ({ number, text }) => number !== undefined || text !== undefined;
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 2) continue;
  const given = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort ?? "none"];
      for (const other of heads) other.removeAttribute("aria-sort");
      let rows = given;
      if (next !== "none") {
        head.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        const keyed = given.map((row) => ({ row, key: worth(row.cells[column]) }));
        keyed.sort((a, b) => (known(b.key) - known(a.key)) || sign * compare(a.key, b.key));
        rows = keyed.map(({ row }) => row);
      }
      body.append(...rows);
    });
  });
}
const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
const here = new Set();
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? here.add(target.id) : here.delete(target.id);
  let first = true;
  for (const [id, link] of links) {
    const current = here.has(id) && first;
    if (current) first = false;
    if (current === link.hasAttribute("aria-current")) continue;
    current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    const list = link.closest("ol");
    // From the edge of the list, which stands in the middle of a wide page.
    const left = link.offsetLeft - list.offsetLeft - 32;
    if (current) list.scrollTo({ left, behavior: "instant" });
  }
}, { rootMargin: "-20% 0px -60% 0px" });
for (const section of document.querySelectorAll("main > section")) observer.observe(section);
