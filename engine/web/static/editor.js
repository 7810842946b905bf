// The editor of workflows: a finding that is clicked puts the cursor where it is meant, and a text that was changed is
// not left by mistake. Without this file a finding leads to its line in the list below.
(function () {
  "use strict";
  var area = document.getElementById("text");
  if (!area) { return; }
  var changed = false;
  area.addEventListener("input", function () { changed = true; });
  area.form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); } });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-line]");
    if (!link) { return; }
    event.preventDefault();
    var lines = area.value.split("\n");
    var line = Math.min(Number(link.dataset.line), lines.length);
    var start = lines.slice(0, line - 1).reduce(function (sum, one) { return sum + one.length + 1; }, 0);
    var at = start + Math.min(Number(link.dataset.column) - 1, lines[line - 1].length);
    area.focus();
    area.setSelectionRange(at, start + lines[line - 1].length);
    area.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(area).lineHeight));
  });
})();
