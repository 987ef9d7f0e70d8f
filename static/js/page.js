// Small manners of every page; everything works without it, only less comfortably.
"use strict";

// Ask before what cannot be undone, and send a form once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (button && button.dataset.busy) button.textContent = button.dataset.busy;
});

// Coming back with the browser's Back button: forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A list that is chosen submits its form.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit-on-change]")) field.form.requestSubmit();
  if (field.matches("[data-check-all]")) {
    for (const box of boxesOf(field.form)) box.checked = field.checked;
  }
  if (field.matches("[data-check-all], [data-check-one]")) countChecked(field.form);
});

function boxesOf(form) {
  return [...form.elements].filter((field) => field.matches("[data-check-one]"));
}

// Say how many rows are chosen; what needs a choice waits for one.
function countChecked(form) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-checked-count]")) place.textContent = chosen;
  for (const button of form.querySelectorAll("[data-needs-checked]")) button.disabled = !chosen;
  const all = form.querySelector("[data-check-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

function settle(root) {
  for (const form of root.querySelectorAll("form")) {
    if (form.querySelector("[data-needs-checked]")) countChecked(form);
  }
}

document.addEventListener("DOMContentLoaded", () => settle(document));
document.addEventListener("htmx:afterSwap", (event) => settle(event.target));

// Something could not be loaded: say so, where it would have appeared.
function tellFailure(event) {
  // A refusal brings its own words.
  if (event.detail.xhr && [403, 409, 422, 428].includes(event.detail.xhr.status)) return;
  const note = document.getElementById("load-failed");
  if (note) note.hidden = false;
  if (event.detail.xhr && event.detail.xhr.status === 401) window.location.reload();
}

document.addEventListener("htmx:sendError", tellFailure);
document.addEventListener("htmx:responseError", tellFailure);

// What could not be sent may be sent again.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) delete event.target.dataset.sent;
});

// Rows that are filled in place: Ctrl+Enter saves, and unsaved words are not left behind unasked.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  // A click, because the button says what is to be done.
  if (form && "keep" in form.dataset) form.querySelector("[type=submit]").click();
});
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "keep" in form.dataset) form.dataset.unsaved = "yes";
});
document.addEventListener("submit", (event) => delete event.target.dataset.unsaved);
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved]")) event.preventDefault();
});

// A form that is the same for every row opens in its cell from one template: nothing to wait for.
// Its key is 0 there; the row says its own, its version, and what is known of its fields.
document.addEventListener("click", (event) => {
  const opener = event.target.closest && event.target.closest("[data-opens]");
  const template = opener && document.getElementById(opener.dataset.opens);
  if (!template || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const cell = opener.closest("td");
  const before = cell.querySelector("form");
  const form = template.content.querySelector("form").cloneNode(true);
  for (const part of [form, ...form.querySelectorAll("*")]) {
    for (const attribute of part.attributes) {
      if (KEYED.includes(attribute.name)) attribute.value = ofKey(attribute.value, opener);
    }
  }
  form.elements.version.value = before.elements.version.value;
  for (const field of form.elements) {
    const known = opener.getAttribute(`data-value-${field.name}`);
    if (known) field.value = known;
  }
  before.hidden = true;
  cell.append(form);
  window.htmx.process(form);
  form.querySelector("input:not([type=hidden]), textarea").focus();
});

const KEYED = ["action", "hx-post", "hx-target", "href", "id", "for", "aria-describedby"];

function ofKey(text, opener) {
  return text.replace(/(\/|-)0(?=\/|-|$)/, (_all, before) => before + opener.dataset.key);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest("[data-closes]");
  if (!button) return;
  const cell = button.closest("td");
  const before = cell.querySelector("form[hidden]");
  if (before) {
    button.form.remove();
    before.hidden = false;
    before.querySelector("[data-opens]").focus();
  } else {
    window.location.reload();
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// The card that explains a date: beside it wherever there is room, also out of a scrolling table.
function showCard(event) {
  const holder = event.target.closest && event.target.closest("[data-explain]");
  if (!holder) return;
  const day = holder.querySelector("button").getBoundingClientRect();
  const card = holder.querySelector("[role=tooltip]");
  card.style.position = "fixed";
  const height = card.offsetHeight;
  const below = day.bottom + height + 8 < window.innerHeight || day.top < height + 8;
  card.style.top = `${below ? day.bottom : day.top - height}px`;
  const right = document.documentElement.clientWidth - card.offsetWidth - 8;
  card.style.left = `${Math.max(8, Math.min(day.left, right))}px`;
}

for (const kind of ["mouseover", "focusin", "click"]) document.addEventListener(kind, showCard);
for (const kind of ["mouseout", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const holder = event.target.closest && event.target.closest("[data-explain]");
    if (holder && !holder.contains(event.relatedTarget)) holder.classList.remove("is-away");
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const holder of document.querySelectorAll("[data-explain]")) {
    if (holder.matches(":hover, :focus-within")) holder.classList.add("is-away");
  }
});
