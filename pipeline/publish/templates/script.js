(function () {
  "use strict";
  var box = document.getElementById("filter");
  var items = Array.prototype.slice.call(document.querySelectorAll("article.item"));
  var count = document.getElementById("filter-count");
  function apply() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    items.forEach(function (item) {
      var text = item.getAttribute("data-search");
      var tokens = text.split(/[^0-9a-z\u0400-\u04ff]+/);
      var fits = words.every(function (word) {
        return /^[0-9]{1,4}$/.test(word) ? tokens.indexOf(word) >= 0 : text.indexOf(word) >= 0;
      });
      item.hidden = !fits;
      if (fits) { shown += 1; }
    });
    document.querySelectorAll("section.case").forEach(function (section) {
      section.hidden = !section.querySelector("article.item:not([hidden])");
    });
    count.textContent = words.length ? shown + " / " + items.length : "";
  }
  function reveal() {
    if (!location.hash) { return; }
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.hidden) { box.value = ""; apply(); }
    var parts = target.closest("details") || target.querySelector("details");
    if (parts) { parts.open = true; target.scrollIntoView(); }
  }
  if (box) {
    document.getElementById("filter-row").hidden = false;
    box.addEventListener("input", apply);
  }
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", function () {
    items.forEach(function (item) { item.querySelector("details").open = true; });
  });
  reveal();
})();
