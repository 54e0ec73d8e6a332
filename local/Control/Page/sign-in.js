import { make, newId } from './dom.js';

const secondsLeft = request => Math.max(0, Math.ceil((new Date(request.expiresAt) - Date.now()) / 1000));
const minutes = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

// A sign-in request as the app shows it. It stays the same element while it waits, so that what was typed stays too.
export class SignIn {
  #request;
  #left = make('dd', { class: 'left' });
  #ticking;

  // answer: takes what the user decides, and resolves when the phone has told it
  constructor(request, answer) {
    this.#request = request;
    const heading = make('h3', { id: newId('sign-in') }, `Sign in to ${request.applicationName}?`);
    const number = make('input', {
      id: newId('number'), required: true, inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false',
      maxlength: request.digits, pattern: `[0-9]{${request.digits}}`, title: `${request.digits} digits`,
    });
    let isAnswering = false;
    const decide = (decision, typed) => async event => {
      event.preventDefault();
      if (isAnswering) {
        return;
      }
      isAnswering = true;
      await answer({ decision, number: typed?.value });
      isAnswering = false;
      if (typed && this.element.isConnected) {
        typed.value = '';
        typed.focus();
      }
    };
    const place = [request.city, request.country].filter(Boolean).join(', ');
    this.element = make('div', { class: 'sheet', role: 'group', 'aria-labelledby': heading.id },
      heading,
      make('p', { class: 'account' }, request.accountName),
      request.bindingMessage && make('p', { class: 'binding' }, request.bindingMessage),
      make('dl', {},
        ...fact('From', place, request.ipAddress),
        ...fact('Browser', request.userAgent),
        make('dt', {}, 'Time left'), this.#left),
      make('form', { onsubmit: decide('accept', number) },
        make('label', { for: number.id }, `Number that ${request.applicationName} shows`), number,
        make('button', { class: 'app-button' }, 'Approve'),
        make('button', { type: 'button', class: 'app-button is-second', onclick: decide('cancel') }, 'Cancel'),
        make('button', { type: 'button', class: 'app-button is-alarm', onclick: decide('notMe') }, 'It was not me')));
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  // Gone from the screen
  end() {
    clearInterval(this.#ticking);
    this.element.remove();
  }

  #tick() {
    const seconds = secondsLeft(this.#request);
    this.#left.textContent = minutes(seconds);
    if (seconds === 0) {
      clearInterval(this.#ticking);
      this.element.querySelector('form').replaceWith(make('p', { class: 'too-late' }, 'It is too late for this sign-in. Start it again.'));
    }
  }
}

function fact(name, ...values) {
  return values.some(Boolean) ? [make('dt', {}, name), ...values.filter(Boolean).map(value => make('dd', {}, value))] : [];
}
