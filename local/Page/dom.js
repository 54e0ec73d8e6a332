// Makes an element: make('p', { class: 'note', onclick: act }, 'text', child, null)
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value != null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter(child => child != null && child !== false));
  return element;
}

// A time of day with the exact moment in the attribute
export function moment(text) {
  const at = new Date(text);
  const isToday = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString('en-GB');
  return make('time', { datetime: text }, isToday ? time : `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`);
}

// A long identifier, its ends only; the whole of it on hover and for screen readers that ask
export function short(identifier) {
  return identifier.length <= 26 ? identifier : `${identifier.slice(0, 16)}…${identifier.slice(-6)}`;
}

let count = 0;
export const newId = prefix => `${prefix}-${++count}`;
