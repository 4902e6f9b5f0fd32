"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const main = document.querySelector("main");
  const panel = byId("panel");
  const level = byId("level");
  const find = byId("find");
  const results = byId("results");
  const trail = byId("trail");
  let view = null; // the name of the view that is shown
  let svg = null;
  let scale = 1;
  let x = 0;
  let y = 0;
  let chosen = null;
  const history = [];

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const button = (text, act, className) => {
    const element = make("button", text, className);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };
  const nodes = () => [...svg.querySelectorAll("[data-path]")];
  const elementOf = (path) => nodes().find((element) => element.dataset.path === path);

  const apply = () => {
    svg.style.transform = `translate(${x}px,${y}px) scale(${scale})`;
  };
  const size = () => {
    const box = svg.viewBox.baseVal;
    return [box.width, box.height];
  };
  const fit = () => {
    const [width, height] = size();
    const whole = Math.min((main.clientWidth - 40) / width, (main.clientHeight - 90) / height, 1.4);
    scale = Math.max(whole, 0.05);
    x = (main.clientWidth - width * scale) / 2;
    y = 60;
    apply();
  };
  const begin = () => {
    fit();
    if (scale >= 0.55) return;
    const [width] = size();
    scale = Math.min(1, Math.max(0.75, (main.clientWidth - 40) / width));
    x = width * scale < main.clientWidth ? (main.clientWidth - width * scale) / 2 : 20;
    apply();
  };
  const zoom = (factor, atX = main.clientWidth / 2, atY = main.clientHeight / 2) => {
    const next = Math.min(4, Math.max(0.03, scale * factor));
    x = atX - ((atX - x) * next) / scale;
    y = atY - ((atY - y) * next) / scale;
    scale = next;
    apply();
  };
  const centre = (element) => {
    const box = element.getBoundingClientRect();
    const around = main.getBoundingClientRect();
    const inside = box.left > around.left + 10 && box.right < around.right - 10
      && box.top > around.top + 50 && box.bottom < around.bottom - 10;
    if (inside) return;
    x += around.left + around.width / 2 - (box.left + box.width / 2);
    y += around.top + around.height / 2 - (box.top + Math.min(box.height, around.height - 80) / 2);
    apply();
  };

  const show = (name, path) => {
    if (view !== name) {
      view = name;
      if (svg) svg.remove();
      svg = byId(`view-${name}`).content.firstElementChild.cloneNode(true);
      main.append(svg);
      chosen = null;
      const first = nodes().find((each) => !each.querySelector(".frame")) || nodes()[0];
      if (first) first.setAttribute("tabindex", "0");
      if ([...level.options].some((option) => option.value === name)) level.value = name;
      begin();
    }
    drawTrail();
    mark();
    if (path === undefined) return describe(null);
    const element = elementOf(path);
    if (element) choose(element, true);
  };
  const drawTrail = () => {
    trail.replaceChildren();
    if (!history.length) return;
    trail.append(button("← back", () => {
      const [name, path] = history.pop();
      show(name, path);
    }), make("span", data.views[view].title, "muted"));
  };
  const open = (name) => {
    history.push([view, chosen ? chosen.dataset.path : undefined]);
    show(name);
    const first = nodes()[0];
    if (first) first.focus({ preventScroll: true });
  };

  const choose = (element, focus) => {
    for (const each of svg.querySelectorAll(".chosen")) each.classList.remove("chosen");
    for (const each of svg.querySelectorAll('[tabindex="0"]')) each.setAttribute("tabindex", "-1");
    chosen = element;
    element.classList.add("chosen");
    element.setAttribute("tabindex", "0");
    if (focus) {
      centre(element);
      element.focus({ preventScroll: true });
    }
    const path = element.dataset.path;
    svg.classList.add("dim");
    for (const line of svg.querySelectorAll("[data-from]")) {
      line.classList.toggle("on", line.dataset.from === path || line.dataset.to === path);
    }
    describe(path);
  };
  const clear = () => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = null;
    svg.classList.remove("dim");
    describe(null);
  };
  // where a line leaves a frame nothing can be chosen: what it leads to is the frame
  const reachable = (paths) => {
    const frames = paths.map((path) =>
      elementOf(path) ? path : path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
    return [...new Set(frames)].filter(elementOf);
  };
  const neighbours = (path) => {
    const found = { from: [], to: [] };
    for (const line of svg.querySelectorAll(".line[data-from]")) {
      if (line.dataset.to === path) found.from.push(line.dataset.from);
      if (line.dataset.from === path) found.to.push(line.dataset.to);
    }
    return { from: reachable(found.from), to: reachable(found.to) };
  };

  const rows = (pairs, className) => {
    const list = make("dl", undefined, className);
    for (const [name, value] of pairs) list.append(make("dt", name), make("dd", value));
    return list;
  };
  const finding = (said) => {
    const item = make("li");
    const text = `line ${said.line}: ${said.message}`;
    const look = `said ${said.severity}`;
    if (said.at && elementOf(said.at)) item.append(button(text, () => choose(elementOf(said.at), true), `jump ${look}`));
    else item.append(make("p", text, look));
    if (said.hint) item.append(make("p", `hint: ${said.hint}`, "muted"));
    return item;
  };
  const section = (title, ...content) => {
    if (content.length) panel.append(make("h3", title), ...content);
  };
  const describe = (path) => {
    panel.replaceChildren();
    if (path === null) return describeModel();
    const node = data.nodes[path];
    panel.append(make("h2", node.name), make("p", node.class, "muted"));
    panel.append(rows(node.facts));
    const inside = data.views[view].inside[path];
    if (inside) panel.append(button("Open what is inside", () => open(inside)));
    if (node.arguments.length) section("Arguments", rows(node.arguments, "args"));
    const { from, to } = neighbours(path);
    const jumps = (paths) => paths.map((other) => button(
      data.nodes[other].name, () => choose(elementOf(other), true), "jump"));
    section("Reads", ...jumps(from));
    section("Is read by", ...jumps(to));
    if (node.findings.length) {
      const list = make("ul", undefined, "plain");
      list.append(...node.findings.map(finding));
      section("Findings", list);
    }
  };
  const describeModel = () => {
    panel.append(make("h2", data.name));
    for (const line of data.totals) panel.append(make("p", line));
    if (data.findings.length) {
      const list = make("ul", undefined, "plain");
      list.append(...data.findings.map(finding));
      section("Findings", list);
    }
    const families = make("ul", undefined, "plain");
    for (const [family, look] of data.families) {
      const item = make("li");
      const swatch = make("span", undefined, "swatch");
      swatch.style.background = `var(--${look}-fill)`;
      swatch.style.borderColor = `var(--${look}-edge)`;
      item.append(swatch, document.createTextNode(family));
      families.append(item);
    }
    section("Colours", families);
    const keys = [["Tab", "to the picture"], ["↓ ↑", "along the lines"], ["← →", "to what is beside"],
      ["Enter", "opens a block"], ["Shift + arrows", "move the picture"], ["+ − 0", "zoom, fit"],
      ["/", "search"], ["Esc", "back to the model"]];
    const help = make("dl");
    for (const [key, what] of keys) {
      const term = make("dt");
      term.append(make("kbd", key));
      help.append(term, make("dd", what));
    }
    section("Keys", help);
  };

  // search
  const homeOf = (path) => [view, data.first, ...Object.keys(data.views)].find((name) =>
    data.views[name].paths.includes(path));
  const matches = (words) => Object.keys(data.nodes).filter((path) => {
    return `${path} ${data.nodes[path].class}`.toLowerCase().includes(words);
  });
  const mark = () => {
    const words = find.value.trim().toLowerCase();
    for (const element of nodes()) {
      const node = data.nodes[element.dataset.path];
      const text = `${element.dataset.path} ${node.class}`.toLowerCase();
      element.classList.toggle("hit", words !== "" && text.includes(words));
    }
  };
  const goTo = (path) => {
    const home = homeOf(path);
    results.hidden = true;
    if (!home) return;
    if (home !== view) history.push([view, undefined]);
    show(home, path);
  };
  find.addEventListener("input", () => {
    mark();
    const words = find.value.trim().toLowerCase();
    const found = words ? matches(words) : [];
    results.replaceChildren(...found.slice(0, 40).map((path) => {
      const item = make("li");
      item.append(button(`${path} · ${data.nodes[path].class}`, () => goTo(path)));
      return item;
    }));
    if (found.length > 40) results.append(make("li", `and ${found.length - 40} more`, "muted"));
    results.hidden = !found.length;
    byId("count").textContent = words ? `${found.length} found` : "";
  });
  find.addEventListener("keydown", (event) => {
    const first = results.querySelector("button");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "ArrowDown" && first) first.focus();
  });
  results.addEventListener("keydown", (event) => {
    const all = [...results.querySelectorAll("button")];
    const next = all.indexOf(document.activeElement) + { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (all[next]) all[next].focus();
    if (next === -1) find.focus();
    if (!Number.isNaN(next)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) results.hidden = true;
  });

  // pointer
  let drag = null;
  main.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button,nav") || event.button) return;
    drag = { x: event.clientX - x, y: event.clientY - y, moved: false, target: event.target };
    main.setPointerCapture(event.pointerId);
  });
  main.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [nextX, nextY] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.hypot(nextX - x, nextY - y) > 3) drag.moved = true;
    if (!drag.moved) return;
    main.classList.add("moving");
    [x, y] = [nextX, nextY];
    apply();
  });
  const drop = () => {
    main.classList.remove("moving");
    if (drag && !drag.moved) {
      const element = drag.target.closest("[data-path]");
      if (element) choose(element, true);
      else clear();
    }
    drag = null;
  };
  main.addEventListener("pointerup", drop);
  main.addEventListener("pointercancel", () => { drag = null; });
  main.addEventListener("dblclick", (event) => {
    const element = event.target.closest("[data-path]");
    const inside = element && data.views[view].inside[element.dataset.path];
    if (inside) open(inside);
  });
  main.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = main.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 500), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  // keys
  const beside = (element, way) => {
    const box = element.getBoundingClientRect();
    const middle = [box.left + box.width / 2, box.top + box.height / 2];
    let best = null;
    let least = Infinity;
    for (const other of nodes()) {
      const its = other.getBoundingClientRect();
      const [dx, dy] = [its.left + its.width / 2 - middle[0], its.top + its.height / 2 - middle[1]];
      if (other === element || dx * way <= 4) continue;
      const distance = Math.abs(dx) + 3 * Math.abs(dy);
      if (distance < least) [least, best] = [distance, other];
    }
    return best;
  };
  const step = (key) => {
    const element = document.activeElement;
    const path = element.dataset.path;
    let next = null;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const near = neighbours(path)[key === "ArrowDown" ? "to" : "from"];
      next = near.length ? elementOf(near[0]) : null;
      if (!next) {
        const all = nodes();
        next = all[all.indexOf(element) + (key === "ArrowDown" ? 1 : -1)];
      }
    } else next = beside(element, key === "ArrowRight" ? 1 : -1);
    if (next) choose(next, true);
  };
  main.addEventListener("keydown", (event) => {
    const arrows = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    const onNode = document.activeElement && document.activeElement.dataset.path !== undefined;
    if (event.key in arrows && (event.shiftKey || onNode)) {
      event.preventDefault();
      if (event.shiftKey) {
        x += arrows[event.key][0];
        y += arrows[event.key][1];
        apply();
      } else step(event.key);
    } else if (onNode && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      const inside = data.views[view].inside[document.activeElement.dataset.path];
      if (inside && event.key === "Enter") open(inside);
      else choose(document.activeElement, true);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      results.hidden = true;
      if (chosen) clear();
      else if (history.length) trail.querySelector("button").click();
      return;
    }
    if (event.target.matches("input,select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.key === "/") find.focus();
    else return;
    event.preventDefault();
  });
  main.addEventListener("focusin", (event) => {
    const element = event.target.closest("[data-path]");
    if (element && element !== chosen && !drag) choose(element, true);
  });

  // header
  level.addEventListener("change", () => {
    history.length = 0;
    show(level.value);
  });
  byId("larger").addEventListener("click", () => zoom(1.25));
  byId("smaller").addEventListener("click", () => zoom(0.8));
  byId("fit").addEventListener("click", fit);
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  show(data.first);
})();
