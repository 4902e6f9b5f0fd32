"""How study.html looks, and the script that sorts its table and marks a trial in the pictures."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d5dbe3;--page:#fff;
--panel:#f5f7fa;--dot:#6c8ebf;--good:#c2410c;--bad:#b42318;
--q0:#d3dbe6;--q1:#a9bbd6;--q2:#7d9bc7;--q3:#4f78b3;--q4:#1f4e92}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa6b5;--line:#364152;
--page:#12171f;--panel:#1b222d;--dot:#7fa4dc;--good:#fb923c;--bad:#f87171;
--q0:#2c3644;--q1:#3b5070;--q2:#4f72a6;--q3:#6f9ad6;--q4:#a8cbff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1000px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:28px;margin:0 0 12px}
h2{font-size:19px;margin:0 0 4px}
h3{font-size:15px;margin:10px 0 2px;color:var(--soft)}
section{margin:0 0 34px}
.note{margin:0 0 10px;color:var(--soft)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
pre{background:var(--panel);padding:12px;overflow-x:auto;border-radius:6px}
table{border-collapse:collapse;font-size:14px}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);
vertical-align:top}
.facts th{font-weight:500;color:var(--soft);padding-right:18px}
.facts td{overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:8px 40px}
.number{text-align:right;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
.wide td{overflow-wrap:break-word}
.wide td:nth-child(2){white-space:nowrap}
#trials td{white-space:nowrap}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
thead button{font-weight:600;white-space:nowrap}
thead button::after{content:" \\2195";color:var(--soft)}
[aria-sort=ascending] button::after{content:" \\2191"}
[aria-sort=descending] button::after{content:" \\2193"}
tbody th button{text-decoration:underline dotted}
:focus-visible{outline:2px solid var(--good);outline-offset:2px}
tr.good{font-weight:600}
tr.marked{background:var(--panel);box-shadow:inset 3px 0 var(--good)}
.bars{width:100%}
.bars td:nth-child(2){width:55%}
.bar{display:block;height:14px;margin-top:4px;background:var(--dot);border-radius:2px}
svg{display:block;width:100%;height:auto}
svg text{font-size:12px;fill:var(--soft)}
svg .name{fill:var(--ink)}
.mid{text-anchor:middle}
.end{text-anchor:end}
.halo{paint-order:stroke;stroke:var(--page);stroke-width:3px}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.axis{stroke:var(--soft);stroke-width:1;fill:none}
.best{stroke:var(--good);stroke-width:1.5;fill:none}
.dot{fill:var(--dot);fill-opacity:.75;stroke:var(--page);stroke-width:1}
.dot.part{fill:var(--page);stroke:var(--dot);stroke-width:1.5}
.dot.good{fill:var(--good);fill-opacity:1}
.dot.part.good{fill:var(--page);stroke:var(--good)}
.failed{stroke:var(--bad);stroke-width:2;fill:none}
.line{fill:none;stroke-width:1.3;stroke-opacity:.75}
.q0{stroke:var(--q0)}.q1{stroke:var(--q1)}.q2{stroke:var(--q2)}.q3{stroke:var(--q3)}
.q4{stroke:var(--q4)}
.line.part{stroke-dasharray:5 4}
.line.good{stroke:var(--good);stroke-width:3;stroke-opacity:1}
.dot.marked{fill:var(--ink);fill-opacity:1;stroke:var(--ink);stroke-width:6}
.line.marked{stroke:var(--ink);stroke-width:4;stroke-opacity:1}
.failed.marked{stroke-width:5}
@media print{:root{--ink:#000;--soft:#444;--line:#ccc;--page:#fff;--panel:#f2f2f2;
--dot:#4f78b3;--good:#c2410c;--q0:#d3dbe6;--q1:#a9bbd6;--q2:#7d9bc7;--q3:#4f78b3;--q4:#1f4e92}
main{max-width:none;padding:0}body{font-size:11px}table{font-size:10px}
svg,tr,pre{break-inside:avoid}h2,.note{break-after:avoid}thead button::after{content:""}
.wide{overflow:visible}#trials td,.wide td:nth-child(2){white-space:normal}}
"""

SCRIPT = """
(function () {
  var table = document.getElementById("trials");
  var body = table.tBodies[0], heads = table.tHead.rows[0].cells;
  function value(row, column) {
    var cell = row.cells[column], number = cell.getAttribute("data-v");
    return number === null ? cell.textContent : Number(number);
  }
  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "number" ? -1 : 1;
  }
  function sort(column) {
    var head = heads[column];
    var sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (var i = 0; i < heads.length; i++) heads[i].removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = value(a, column), y = value(b, column);
      if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
      return sign * compare(x, y);
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }
  function mark(button) {
    var row = button.closest("tr"), on = !row.classList.contains("marked");
    button.setAttribute("aria-pressed", String(on));
    var same = '[data-t="' + row.getAttribute("data-t") + '"]';
    document.querySelectorAll(same).forEach(function (one) {
      one.classList.toggle("marked", on);
      if (on && one.ownerSVGElement) one.parentNode.appendChild(one);
    });
  }
  Array.prototype.forEach.call(heads, function (head, column) {
    head.firstChild.addEventListener("click", function () { sort(column); });
  });
  body.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (button) mark(button);
  });
})();
"""
