import * as api from './api.js';
import { Card } from './card.js';
import * as dialogs from './dialogs.js';
import { make } from './dom.js';

const first = { tenantId: 'contoso', userId: 'maria-lopez' };
const place = Object.fromEntries(
  ['holder', 'new-phone', 'connection', 'problem', 'phones', 'empty', 'announcements'].map(id => [id, document.getElementById(id)]));

const cards = new Map();
let everybody = [];
let holder = first;
let stop = () => {};
let told = new Set();

const keyOf = person => person ? `${person.tenantId}/${person.userId}` : '';

function nameOf(person) {
  return everybody.find(other => keyOf(other) === keyOf(person))?.name ?? person?.userId ?? '';
}

function tell(element, text) {
  element.hidden = !text;
  element.textContent = text ?? '';
}

const context = {
  nameOf,
  report: text => tell(place.problem, text),
  announce: text => { place.announcements.textContent = text; },
  scan: card => dialogs.scan(card.phone, card.phone.holder ?? holder, nameOf(card.phone.holder ?? holder)),
  restore: card => dialogs.restore(card.phone, nameOf),
  reportLost: card => dialogs.reportLost(card.phone),
};

function showPhone(phone) {
  told.add(phone.id);
  if (!cards.has(phone.id)) {
    const card = new Card(context);
    cards.set(phone.id, card);
    place.phones.append(card.element);
    card.update(phone);
    if (place.phones.ariaBusy === 'false') {
      context.announce(`${phone.name} was added.`);
      card.element.scrollIntoView({ block: 'nearest' });
    }
  } else {
    cards.get(phone.id).update(phone);
  }
  tell(place.empty, null);
}

function showReady() {
  // After a break the local system may have restarted, without some of them
  for (const [id, card] of cards) {
    if (!told.has(id)) {
      card.element.remove();
      cards.delete(id);
    }
  }
  tell(place.connection, null);
  place.phones.ariaBusy = 'false';
  tell(place.empty, cards.size === 0 ? `${holder ? nameOf(holder) : 'Nobody'} has no phone yet. “New phone” makes one.` : null);
  if (everybody.length === 0) {
    loadPeople();
  }
}

function watch() {
  stop();
  cards.clear();
  place.phones.replaceChildren();
  place.phones.ariaBusy = 'true';
  stop = api.watch(holder, {
    onOpen: () => { told = new Set(); },
    onPhone: showPhone,
    onReady: showReady,
    onLost: () => tell(place.connection, 'The local system does not answer. Waiting for it…'),
  });
}

async function loadPeople() {
  try {
    everybody = await api.people();
    context.report(null);
  } catch (error) {
    context.report(`The names of the users are not known yet: ${error.message}`);
  }
  showPeople();
  cards.forEach(card => card.refresh());
}

function showPeople() {
  const known = everybody.some(person => keyOf(person) === keyOf(holder)) || !holder ? everybody : [{ ...holder, name: holder.userId }, ...everybody];
  const tenants = [...new Set(known.map(person => person.tenantId))];
  place.holder.replaceChildren(
    ...tenants.map(tenant => make('optgroup', { label: tenant },
      ...known.filter(person => person.tenantId === tenant).map(person => make('option', { value: keyOf(person) }, person.name)))),
    make('option', { value: '' }, 'nobody yet'));
  place.holder.value = keyOf(holder);
}

function readAddress() {
  const [tenantId, userId] = decodeURIComponent(location.hash.slice(1)).split('/');
  holder = location.hash === '#nobody' ? null : userId ? { tenantId, userId } : first;
  showPeople();
  watch();
}

place.holder.addEventListener('change', () => { location.hash = place.holder.value || 'nobody'; });
place['new-phone'].addEventListener('click', () => dialogs.newPhone(holder, holder ? nameOf(holder).split(' ')[0] : null));
addEventListener('hashchange', readAddress);
readAddress();
