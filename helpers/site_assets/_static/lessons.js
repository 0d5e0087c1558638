// What scrolls sideways, such as a long line of code, can be scrolled by keyboard, too.
const reach = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) {
      target.tabIndex = 0;
      target.setAttribute("role", "group");
      target.setAttribute("aria-label", "Scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    }
  }
});
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("article pre, article .table-wrapper")) reach.observe(box);
});
