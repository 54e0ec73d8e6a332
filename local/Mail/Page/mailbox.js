import { make, moment } from './dom.js';

const place = Object.fromEntries(['problem', 'mails', 'empty', 'announcements'].map(id => [id, document.getElementById(id)]));
const shown = new Set();

// Everything of a mail is text here; its HTML is another document, in which nothing runs
function show(mail) {
  const address = `/mailbox/mails/${mail.number}`;
  return make('details', { class: 'mail' },
    make('summary', {},
      make('strong', {}, make('bdi', {}, mail.subject)), ' to ', make('bdi', {}, mail.to.join(', ')), ' ', moment(mail.at)),
    make('pre', {}, mail.text),
    make('p', {},
      make('a', { href: `${address}/html`, target: '_blank', rel: 'noopener noreferrer' }, 'As HTML'), ' ',
      make('a', { href: `${address}/source`, target: '_blank', rel: 'noopener noreferrer' }, 'Source')));
}

async function look() {
  try {
    const response = await fetch('/mailbox/mails');
    if (!response.ok) {
      throw new Error(`The local system answered ${response.status}.`);
    }
    const fresh = (await response.json()).filter(mail => !shown.has(mail.number));
    fresh.forEach(mail => shown.add(mail.number));
    place.mails.prepend(...fresh.map(show));
    place.announcements.textContent = fresh.length === 0 ? place.announcements.textContent : `${fresh.length} new: ${fresh[0].subject}`;
    place.empty.hidden = shown.size > 0;
    place.problem.hidden = true;
    place.mails.ariaBusy = 'false';
  } catch {
    place.problem.textContent = 'The local system does not answer. Waiting for it…';
    place.problem.hidden = false;
  }
  setTimeout(look, 2000);
}

look();
