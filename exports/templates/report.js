"use strict";
// Everything here is comfort: the page says what matters without it. Text enters the page only as `textContent`.
(() => {
  const PER_PAGE = 200;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const form = byId("filter");
  const body = document.querySelector("#table tbody");
  const number = new Intl.NumberFormat("en-US");
  const findings = data.rows.map(([id, resource, reason, check, status, severity, place, since, seal, change]) => ({
    id, resource, reason: data.reasons[reason], check: data.checks[check], status: data.statuses[status],
    severity: data.severities[severity], place: data.places[place], since: data.dates[since], seal: data.seals[seal],
    change,
  }));
  let found = findings;
  let first = 0;

  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };
  const place = ([source, scope]) => (scope ? `${source} · ${scope}` : source);
  const leaves = (positions) => {
    const shown = positions.slice(0, 8).join(", ");
    const more = positions.length > 8 ? ` and ${positions.length - 8} more` : "";
    return `${positions.length === 1 ? "leaf" : "leaves"} ${shown}${more}`;
  };

  const row = (finding) => {
    const [status, symbol, word] = finding.status;
    const [leaf, evidence, judged] = finding.seal;
    const sealed = `judged ${judged} in leaf ${leaf}` + (evidence.length ? `, evidence in ${leaves(evidence)}` : "");
    const mark = element("span", "", symbol);
    mark.setAttribute("aria-hidden", "true");
    const link = element("a", "", finding.check[1]);
    link.href = "#check-" + encodeURIComponent(finding.check[0]);
    const change = finding.change ? [" ", element("span", "change", finding.change)] : [];
    return element("tr", "",
      element("td", "", element("span", "sign " + status, mark, " " + word), ...change,
        element("span", "severity", finding.severity)),
      element("td", "", element("code", "", finding.resource), " ", element("span", "reason", finding.reason),
        element("span", "trail", `${place(finding.place)} · so since ${finding.since} · ${sealed} · `,
          element("code", "", `annexa show ${finding.id}`))),
      element("td", "", link, element("code", "quiet", finding.check[0])));
  };

  const show = (start) => {
    first = Math.max(0, start);
    const shown = found.slice(first, first + PER_PAGE);
    body.replaceChildren(...shown.map(row));
    byId("count").textContent = found.length
      ? `${number.format(first + 1)} to ${number.format(first + shown.length)} of ${number.format(found.length)} findings`
      : "No finding matches.";
    for (const button of document.querySelectorAll("[data-step]")) {
      button.disabled = button.dataset.step === "1" ? first + PER_PAGE >= found.length : first === 0;
    }
  };

  const text = (finding) => finding.text ??= [finding.id, finding.resource, finding.reason, ...finding.check, ...finding.place]
    .join("\n").toLowerCase();
  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const parts = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    found = findings.filter((finding) =>
      (!wanted.status || finding.status[0] === wanted.status) &&
      (!wanted.severity || finding.severity === wanted.severity) &&
      (!wanted.source || finding.place[0] === wanted.source) &&
      (!wanted.check || finding.check[0] === wanted.check) &&
      parts.every((part) => text(finding).includes(part)));
    show(0);
  };

  const offer = (name, values) => {
    for (const [value, label] of values) form.elements[name].add(new Option(label, value));
  };
  const used = (read) => new Set(findings.map(read));
  const statuses = used((finding) => finding.status);
  const severities = used((finding) => finding.severity);
  const same = (values) => [...values].sort().map((value) => [value, value]);
  offer("status", data.statuses.filter((each) => statuses.has(each)).map(([value, , word]) => [value, word]));
  offer("severity", data.severities.filter((each) => severities.has(each)).map((value) => [value, value]));
  offer("source", same(used((finding) => finding.place[0])));
  offer("check", same(used((finding) => finding.check[0])));

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => queueMicrotask(filter));

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-check], [data-step], [data-open]");
    if (!chosen) return;
    if (chosen.dataset.check) {
      form.reset();
      form.elements.check.value = chosen.dataset.check;
      // Those of which an error of ours is one are listed as unknown; the table tells them apart.
      form.elements.status.value = chosen.dataset.status === "unknown" ? "" : chosen.dataset.status;
      filter();
    } else if (chosen.dataset.step) {
      show(first + PER_PAGE * Number(chosen.dataset.step));
      byId("table").scrollIntoView();
    } else {
      for (const control of document.querySelectorAll("details.control")) control.open = chosen.dataset.open === "all";
    }
  });

  // A link to something folded away unfolds it.
  const unfold = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.localName === "details") each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);

  // Paper cannot be unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open]):not(.passes)")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });

  document.body.classList.add("scripted");
  for (const each of document.querySelectorAll("#filter, #table, .tools")) each.hidden = false;
  show(0);
  if (location.hash) unfold();
})();
