// Before anything is painted: the theme that was chosen, so that nothing flashes.
(() => {
  let theme = 'system';
  try {
    theme = localStorage.getItem('bloksec.theme') ?? 'system';
  } catch {
    // Storage is switched off: follow the system.
  }
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
})();
