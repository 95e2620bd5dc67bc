// Elements of the page. Text from data only ever becomes a text node.

export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Set the text of a cell, without a new text node: a moving hand rewrites some twenty cells a frame. */
export function write(cell, text) {
  const there = cell.firstChild ?? cell.appendChild(new Text());
  if (there.data !== text) there.data = text;
}

export function button(action, text, run) {
  const made = node("button", { type: "button", "data-action": action }, text);
  made.addEventListener("click", run);
  return made;
}

/** The line that says what was done or refused. */
export function statusLine() {
  const line = node("p", { class: "wb-status", role: "status" });
  const say = (text, alarm = false) => {
    if (line.textContent !== text) line.textContent = text;
    if (line.classList.contains("wb-alarm") !== alarm) line.classList.toggle("wb-alarm", alarm);
  };
  return { line, say };
}

/** Run something when the page has time for it. */
export function idle(run, options) {
  if (globalThis.requestIdleCallback) globalThis.requestIdleCallback(run, options);
  else setTimeout(run, 20);
}
