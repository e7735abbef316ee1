"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // light or dark: the system's choice until someone chooses
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const label = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  button.hidden = false;
  label();
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });

  // what a mark stands for, beside the pointer
  const tip = document.getElementById("tip");
  const show = (event) => {
    const mark = event.target.closest("[data-tip]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16;
    const y = below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : below;
    tip.style.left = `${Math.max(8, x)}px`;
    tip.style.top = `${y}px`;
  };
  addEventListener("pointermove", show);
  addEventListener("pointerdown", show);
  addEventListener("scroll", () => (tip.hidden = true), { passive: true });

  // heads that sort: down, up, and back to the groups
  for (const table of document.querySelectorAll("table.sortable")) {
    const bodies = [...table.tBodies];
    const kept = bodies.map((body) => [...body.rows]);
    const heads = [...table.tHead.rows[0].cells];
    const restore = () => bodies.forEach((body, i) => body.replaceChildren(...kept[i]));
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const control = document.createElement("button");
      control.type = "button";
      control.textContent = head.textContent;
      head.replaceChildren(control);
      control.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const text = head.dataset.sort === "text";
        const order = text ? [null, "ascending", "descending"] : [null, "descending", "ascending"];
        const next = order[(order.indexOf(before) + 1) % 3];
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        restore();
        if (!next) return;
        head.setAttribute("aria-sort", next);
        const value = (row) => row.cells[column].dataset.value || "";
        const compare = text
          ? (a, b) => value(a).localeCompare(value(b))
          : (a, b) => Number(value(a)) - Number(value(b));
        const rows = kept.flat().filter((row) => !row.classList.contains("group")).sort(compare);
        if (next === "descending") rows.reverse();
        bodies.forEach((body) => body.replaceChildren());
        bodies[0].replaceChildren(...rows);
      });
    });
  }

  // on paper every definition is open
  addEventListener("beforeprint", () => {
    for (const item of document.querySelectorAll("details.definitions")) item.open = true;
  });
})();
