// Applies the chosen theme and density before the first paint.
(function () {
  try {
    var theme = localStorage.getItem("holdfast.theme");
    var density = localStorage.getItem("holdfast.density");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (density === "compact") document.documentElement.dataset.density = density;
  } catch (_) {
    // Storage may be closed to us; the system's theme holds then.
  }
})();
