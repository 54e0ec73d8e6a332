import { make } from './dom.js';

const place = Object.fromEntries(['brand', 'connection', 'view'].map(id => [id, document.getElementById(id)]));
const pollEvery = 1000;
let about = { application: 'Demo application', phones: null };
let shown = '';
let entered = '';

async function call(method, body) {
  const response = await fetch('sign-in', {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail);
  }
  return answer;
}

// Shows where the sign-in stands. The same again changes nothing, so that focus and selection stay.
function show(attempt) {
  const key = JSON.stringify(attempt);
  if (key === shown) {
    return;
  }
  const isFirst = shown === '';
  shown = key;
  entered = attempt.name ?? entered;
  const content = (views[attempt.state] ?? ended)(attempt);
  place.view.dataset.state = attempt.state;
  place.view.replaceChildren(...content.filter(Boolean));
  if (attempt.state === 'none') {
    place.view.querySelector('input').focus();
  } else if (!isFirst) {
    place.view.querySelector('h1').focus();
  }
  tick();
}

const heading = text => make('h1', { tabindex: '-1' }, text);
const note = (...content) => make('p', {}, ...content);

const views = {
  none: () => {
    const problem = make('p', { class: 'notice is-problem', role: 'alert', hidden: true });
    const name = make('input', {
      id: 'name', name: 'username', required: true, maxlength: '254', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false',
      value: entered, 'aria-describedby': 'name-hint',
    });
    const start = make('button', { class: 'primary' }, 'Sign in');
    const submit = async event => {
      event.preventDefault();
      start.disabled = true;
      problem.hidden = true;
      try {
        show(await call('POST', { name: name.value }));
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        start.disabled = false;
      }
    };
    return [
      heading(`Sign in to ${about.application}`),
      note('Without a password: you approve it on your phone.'),
      problem,
      make('form', { onsubmit: submit },
        make('label', { for: 'name' }, 'Account name, email address or user id'),
        name,
        make('p', { id: 'name-hint', class: 'quiet' }, 'Such as maria.lopez@contoso.example'),
        start),
    ];
  },

  pending: attempt => [
    heading('Type this number on your phone'),
    make('p', { class: 'number' },
      make('span', { 'aria-hidden': 'true' }, attempt.number),
      make('span', { class: 'visually-hidden' }, [...attempt.number].join(' '))),
    attempt.push === 'queued'
      ? note('A sign-in request for ', make('strong', {}, attempt.name), ' was sent to the phone.')
      : note(make('strong', {}, 'Open the BlokSec app on your phone.'), ' No push notification can be sent for ', make('strong', {}, attempt.name), '.'),
    phones(),
    make('div', { class: 'time', 'data-ends': attempt.expiresAt },
      make('progress', { 'aria-label': 'Time left' }), make('span', { class: 'left', 'aria-live': 'off' })),
    make('button', { type: 'button', onclick: startAgain }, 'Cancel'),
  ],

  signedIn: attempt => {
    const { signIn } = attempt;
    return [
      heading('You are signed in'),
      make('p', { class: 'who' }, signIn.account),
      make('h2', {}, 'Verified with public keys only'),
      make('ul', { class: 'checks' },
        ...[
          `BlokSec signed it, for ${about.application} of ${signIn.tenant}`,
          'Your phone signed it with its device key',
          'Your identity signed it with the key of its DID',
          'Both name this request and the number shown here',
        ].map(text => make('li', {}, text))),
      make('dl', {},
        ...fact('User', signIn.user), ...fact('Tenant', signIn.tenant),
        ...fact('Approved at', new Date(signIn.at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })),
        ...fact('Method', signIn.methods.join(', ')),
        ...fact('Identity (DID)', signIn.did, 'code'), ...fact('Device', signIn.device, 'code'), ...fact('Request', signIn.request, 'code')),
      make('details', {}, make('summary', {}, 'The signed answer'), make('p', { class: 'code', tabindex: '0' }, attempt.assertion)),
      make('button', { type: 'button', onclick: startAgain }, 'Sign out'),
    ];
  },
};

const endings = {
  signedOut: ['You were signed out', 'BlokSec told this application to end your session.'],
  cancelled: ['You cancelled this sign-in', 'It was cancelled on the phone.'],
  notMe: ['This sign-in was refused', 'On the phone somebody said: it was not me. An administrator was told.'],
  wrongNumber: ['This sign-in was refused', 'A wrong number was typed too often.'],
  expired: ['The time is up', 'Nobody approved this sign-in in time.'],
  superseded: ['A newer sign-in took over', 'Somebody started another sign-in for the same account, so this one ended.'],
  refused: ['This sign-in is not possible'],
  failed: ['The sign-in did not work'],
};

function ended(attempt) {
  if (attempt.state === 'heldBack') {
    return [
      heading('Too many sign-ins'),
      note('For ', make('strong', {}, attempt.name), ' too many sign-ins wait or were not approved. Nothing was sent.'),
      make('p', { class: 'time', 'data-retry': attempt.retryAt }, make('span', { class: 'left', 'aria-live': 'off' })),
      make('button', { type: 'button', onclick: startAgain }, 'Start again'),
    ];
  }
  const [title, text] = endings[attempt.state];
  return [
    heading(title),
    note(attempt.detail ?? text),
    attempt.name && make('p', { class: 'quiet' }, 'For ', attempt.name),
    make('button', { type: 'button', class: 'primary', onclick: startAgain }, 'Start again'),
  ];
}

function phones() {
  return about.phones && make('p', { class: 'quiet' }, 'On this laptop the phones are ',
    make('a', { href: about.phones, target: '_blank', rel: 'noopener' }, 'on this page'), '.');
}

function fact(name, value, kind) {
  return [make('dt', {}, name), make('dd', { class: kind }, value)];
}

async function startAgain() {
  show(await call('DELETE'));
}

const clock = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

function tick() {
  const time = place.view.querySelector('.time');
  if (!time) {
    return;
  }
  const until = time.dataset.ends ?? time.dataset.retry;
  const seconds = Math.max(0, Math.ceil((new Date(until) - Date.now()) / 1000));
  const left = time.querySelector('.left');
  if (time.dataset.retry) {
    left.textContent = seconds > 0 ? `Try again in ${clock(seconds)}.` : 'You can try again now.';
    return;
  }
  const progress = time.querySelector('progress');
  progress.max = Math.max(progress.max, seconds);
  progress.value = seconds;
  left.textContent = clock(seconds);
}

async function watch() {
  try {
    show(await call('GET'));
    place.connection.hidden = true;
  } catch {
    place.connection.textContent = 'The demo application does not answer. Is the local system running?';
    place.connection.hidden = false;
  }
  setTimeout(watch, pollEvery);
}

about = await fetch('about').then(response => response.json()).catch(() => about);
place.brand.textContent = about.application;
document.title = `${about.application} - demo application`;
setInterval(tick, 1000);
watch();
