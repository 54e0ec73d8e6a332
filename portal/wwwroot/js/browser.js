// What only the browser can do; BrowserPage.cs is the other half.

export function watchPage(page) {
  const tell = () => page.invokeMethodAsync('OnPageChanged', !document.hidden, navigator.onLine);
  document.addEventListener('visibilitychange', tell);
  addEventListener('online', tell);
  addEventListener('offline', tell);
  tell();
}

// While something is being sent, Escape must not hide its outcome.
addEventListener('keydown', event => {
  if (event.key === 'Escape' && document.querySelector('dialog[open][data-busy="true"]')) {
    event.preventDefault();
  }
}, true);

// "/" opens the search from every page; while somebody types, it is a letter.
addEventListener('keydown', event => {
  const { key, target } = event;
  if (target.id === 'search-text' && (key === 'ArrowDown' || key === 'ArrowUp')) {
    // It moves the choice, not the caret.
    event.preventDefault();
  }
  const opener = document.getElementById('open-search');
  if (key !== '/' || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || !opener || !hasShortcuts()
    || target.closest?.('input, textarea, select, [contenteditable], dialog') || document.querySelector('dialog[open]')) {
    return;
  }
  event.preventDefault();
  opener.click();
});

// A key without a modifier can be switched off (WCAG 2.1.4).
export function hasShortcuts() {
  try {
    return localStorage.getItem('bloksec.shortcuts') !== 'off';
  } catch {
    return true;
  }
}

export function chooseShortcuts(isOn) {
  try {
    localStorage.setItem('bloksec.shortcuts', isOn ? 'on' : 'off');
  } catch {
    // Storage is switched off: then the key stays as it is.
  }
}

export function showDialog(dialog) {
  if (!dialog.open) {
    dialog.oncancel = event => {
      if (dialog.dataset.busy === 'true') {
        event.preventDefault();
      }
    };
    dialog.showModal();
  }
}

export function closeDialog(dialog) {
  dialog?.close();
}

// Nothing keeps the focus, so that the page which follows takes it.
export function leaveDialog(dialog) {
  dialog?.close();
  document.activeElement?.blur();
}

export function focus(selector) {
  const element = document.querySelector(selector);
  if (element) {
    element.focus({ preventScroll: true });
    // A field is seen together with its hint; of what is tall, the beginning.
    const whole = element.closest('.field') ?? element;
    const block = whole.offsetHeight > innerHeight / 2 ? 'start' : 'nearest';
    whole.scrollIntoView({ block, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }
}

export function reveal(selector) {
  document.querySelector(selector)?.scrollIntoView({ block: 'nearest' });
}

// Sections come with the data, after the browser looked for the one that the address names.
export function revealSection() {
  const section = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!section) {
    return false;
  }
  section.scrollIntoView();
  section.querySelector('h2')?.focus({ preventScroll: true });
  return true;
}

// After the router has given the focus to the heading of the page.
export function returnTo(selector) {
  setTimeout(() => {
    const element = document.querySelector(selector);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'center' });
  });
}

// After what was loading has taken the place of what waited for it: unless somebody went elsewhere meanwhile.
export function focusHeading() {
  if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector('h1')?.focus({ preventScroll: true });
  }
}

export function moveFocus(selector, step) {
  const elements = [...document.querySelectorAll(selector)];
  const current = elements.indexOf(document.activeElement);
  if (current === 0 && step < 0) {
    document.querySelector('[data-list-start]')?.focus();
  } else {
    elements[Math.min(Math.max(current + step, 0), elements.length - 1)]?.focus();
  }
}

const observers = new WeakMap();

export function observe(element, target) {
  observers.get(element)?.disconnect();
  const observer = new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting)) {
      target.invokeMethodAsync('OnSeen').catch(() => observer.disconnect());
    }
  }, { rootMargin: '400px' });
  observer.observe(element);
  observers.set(element, observer);
}

export function imageAddress(svg) {
  return URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
}

export function forgetImage(address) {
  URL.revokeObjectURL(address);
}

export function save(fileName, text, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(type === 'text/csv' ? ['\uFEFF', text] : [text], { type: `${type};charset=utf-8` }));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function keep(place, text) {
  try {
    sessionStorage.setItem(place, text);
  } catch {
    // Storage is switched off: then nobody could have signed in.
  }
}

export function take(place) {
  try {
    const text = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    return text;
  } catch {
    return null;
  }
}

export function print(only) {
  document.documentElement.dataset.print = only;
  addEventListener('afterprint', () => delete document.documentElement.dataset.print, { once: true });
  window.print();
}

export function theme() {
  return document.documentElement.dataset.theme ?? 'system';
}

export function chooseTheme(theme) {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  try {
    localStorage.setItem('bloksec.theme', theme);
  } catch {
    // Storage is switched off: the choice lasts as long as this page.
  }
}
