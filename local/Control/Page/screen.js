import { make, moment, short } from './dom.js';

// What is on the glass of a phone, above and below the sign-in requests, which take the place of the page
export function screen(phone, name, { scan, restore }) {
  const pages = { welcome, home, notInstalled };
  return {
    above: [
      statusBar(phone),
      phone.notification && notification(phone),
    ].filter(Boolean),
    below: [
      phone.signIns.length === 0 && pages[phone.screen](phone, name, { scan, restore }),
      phone.message && make('p', { class: 'message' }, phone.message),
    ].filter(Boolean),
  };
}

function statusBar(phone) {
  return make('p', { class: 'status-bar' },
    make('span', {}, phone.platform === 'ios' ? 'iOS' : 'Android'),
    make('span', { class: phone.online ? 'signal' : 'signal is-off' }, phone.online ? 'Online' : 'Offline'));
}

function notification(phone) {
  const { title, body, at } = phone.notification;
  return make('div', { class: 'notification', role: 'group', 'aria-label': 'Notification' },
    make('span', { class: 'app-icon', 'aria-hidden': 'true' }, 'B'),
    make('p', { class: 'from' }, make('span', {}, 'BlokSec'), moment(at)),
    make('p', { class: 'title' }, title),
    make('p', { class: 'body' }, body));
}

function welcome(phone, name, { scan, restore }) {
  return make('div', { class: 'page welcome' },
    make('span', { class: 'logo', 'aria-hidden': 'true' }, 'B'),
    make('h3', {}, 'Welcome to BlokSec'),
    make('p', {}, 'Scan a QR code to set up your account, or restore it from a backup.'),
    make('button', { type: 'button', class: 'app-button', onclick: scan }, 'Scan QR code'),
    make('button', { type: 'button', class: 'app-button is-second', onclick: restore }, 'Restore from backup'));
}

function home(phone, name) {
  const { registration } = phone;
  const initials = name.split(' ').map(word => word[0]).slice(0, 2).join('').toUpperCase();
  return make('div', { class: 'page home' },
    make('span', { class: 'avatar', 'aria-hidden': 'true' }, initials),
    make('h3', {}, name),
    make('p', { class: 'quiet' }, registration.tenantId),
    make('dl', {},
      make('dt', {}, 'This phone'), make('dd', {}, phone.name),
      make('dt', {}, 'Identity (DID)'), make('dd', { class: 'code', title: registration.did }, short(registration.did)),
      make('dt', {}, 'Last sync'), make('dd', {}, phone.lastSyncAt ? moment(phone.lastSyncAt) : 'not yet')),
    phone.accounts && accounts(phone.accounts),
    make('p', { class: 'waiting' }, 'Ready for sign-in requests'));
}

// Nobody scrolls through thousands of them on a demo phone
function accounts(known) {
  const shown = known.slice(0, 20);
  return make('details', { class: 'accounts' },
    make('summary', {}, known.length === 1 ? '1 account' : `${known.length} accounts`),
    make('ul', {},
      ...shown.map(account => make('li', {}, make('strong', {}, account.applicationName), ' ', account.accountName)),
      known.length > shown.length && make('li', { class: 'quiet' }, `and ${known.length - shown.length} more`)));
}

function notInstalled() {
  return make('div', { class: 'page gone' },
    make('span', { class: 'hole', 'aria-hidden': 'true' }),
    make('h3', {}, 'No BlokSec app'),
    make('p', {}, 'The BlokSec app is not on this phone.'));
}
