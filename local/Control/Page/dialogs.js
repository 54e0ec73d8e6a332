import * as api from './api.js';
import { make, moment, newId } from './dom.js';

// Shows a modal dialog; content(close) gives what is in it. The browser keeps the focus inside and gives it back.
function show(title, content) {
  const heading = make('h2', { id: newId('dialog') }, title);
  const dialog = make('dialog', { 'aria-labelledby': heading.id });
  const close = () => dialog.close();
  dialog.append(heading, ...content(close), make('div', { class: 'dialog-end' },
    make('button', { type: 'button', onclick: close }, 'Close')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// Does something and closes, or says why not
function attempt(problem, action, close) {
  return async event => {
    event?.preventDefault();
    problem.hidden = true;
    try {
      await action();
      close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  };
}

const problemText = () => make('p', { class: 'notice is-problem', role: 'alert', hidden: true });

export function newPhone(holder, firstName) {
  show('New phone', close => {
    const problem = problemText();
    const name = make('input', { id: newId('field'), value: firstName ? `${firstName}'s new phone` : 'New phone', maxlength: '100', required: true });
    const platform = make('select', { id: newId('field') },
      make('option', { value: 'ios' }, 'iPhone 17, iOS 19.1'),
      make('option', { value: 'android' }, 'Pixel 10, Android 16'));
    const add = () => api.addPhone({
      name: name.value,
      holder: holder ?? undefined,
      ...platform.value === 'ios'
        ? { platform: 'ios', model: 'iPhone 17', osVersion: 'iOS 19.1' }
        : { platform: 'android', model: 'Pixel 10', osVersion: 'Android 16' },
    });
    return [
      make('p', {}, 'A fresh phone with the BlokSec app at its welcome screen.'),
      problem,
      make('form', { method: 'dialog', onsubmit: attempt(problem, add, close) },
        make('label', { for: name.id }, 'Name'), name,
        make('label', { for: platform.id }, 'Kind'), platform,
        make('button', { class: 'primary' }, 'Add the phone')),
    ];
  });
}

export function scan(phone, holder, holderName) {
  const enroll = link => api.act(phone, 'claim', { link });
  show(`Scan a QR code with ${phone.name}`, close => {
    const problem = problemText();
    const shown = make('div', { class: 'shown', 'aria-live': 'polite' }, 'Looking…');
    const link = make('textarea', { id: newId('field'), rows: '3', required: true, spellcheck: 'false', autocomplete: 'off', placeholder: 'https://…/claim#…' });
    const look = async () => {
      try {
        const claim = await api.claim(holder);
        shown.replaceChildren(...claim?.link
          ? [
            make('img', { src: api.claimPicture(holder, claim), alt: `Claim QR code of ${holderName}`, width: '160', height: '160' }),
            make('div', {},
              make('p', {}, 'Good until ', moment(claim.expiresAt)),
              make('button', { type: 'button', class: 'primary', onclick: attempt(problem, () => enroll(claim.link), close) }, 'Scan this QR code')),
          ]
          : [
            make('p', {}, claim?.state === 'redeemed'
              ? `The last claim of ${holderName} was used up.`
              : `The console shows no claim QR code for ${holderName}. It does after “Unregister all devices”.`),
            make('button', { type: 'button', onclick: look }, 'Look again'),
          ]);
      } catch (error) {
        shown.replaceChildren(make('p', {}, error.message), make('button', { type: 'button', onclick: look }, 'Look again'));
      }
    };
    if (holder) {
      look();
    }
    return [
      problem,
      holder && make('h3', {}, 'Shown in the console'),
      holder && shown,
      make('h3', {}, 'Another one'),
      make('form', { method: 'dialog', onsubmit: attempt(problem, () => enroll(link.value), close) },
        make('label', { for: link.id }, 'Link of the claim'), link,
        make('button', { class: holder ? null : 'primary' }, 'Scan this link')),
    ].filter(Boolean);
  });
}

export function restore(phone, nameOf) {
  show(`Restore a backup on ${phone.name}`, close => {
    const problem = problemText();
    const list = make('div', { class: 'choices', 'aria-live': 'polite' }, 'Looking…');
    const isHeldAlike = other => JSON.stringify(other.holder) === JSON.stringify(phone.holder);
    const load = async () => {
      try {
        const sources = (await api.phones()).filter(other => other.backupOf && isHeldAlike(other));
        list.replaceChildren(...sources.length > 0
          ? sources.map(source => make('button', {
            type: 'button',
            onclick: attempt(problem, () => api.act(phone, 'restore', { fromPhoneId: source.id }), close),
          }, make('strong', {}, `Backup of ${source.name}`), make('span', {}, nameOf(source.holder), ', ', moment(source.backupAt))))
          : [make('p', {}, 'There is no backup. Make one with “Back up” on an enrolled phone.')]);
      } catch (error) {
        list.replaceChildren(make('p', {}, error.message));
      }
    };
    load();
    return [make('p', {}, 'A backup holds the identity, not the registration of a phone: this phone becomes one more device.'), problem, list];
  });
}

export function reportLost(phone) {
  show(`Report a lost phone from ${phone.name}`, close => {
    const problem = problemText();
    const list = make('div', { class: 'choices', 'aria-live': 'polite' }, 'Looking…');
    const load = async () => {
      try {
        const others = (await api.devices(phone)).devices.filter(device => !device.isThis);
        list.replaceChildren(...others.length > 0
          ? others.map(device => make('button', {
            type: 'button',
            onclick: attempt(problem, () => api.act(phone, 'report-lost', { deviceId: device.deviceId }), close),
          }, make('strong', {}, `I lost ${device.name}`), make('span', {}, device.model, ', last active ', moment(device.lastActiveAt))))
          : [make('p', {}, 'The user has no other phone.')]);
      } catch (error) {
        list.replaceChildren(make('p', {}, error.message));
      }
    };
    load();
    return [make('p', {}, 'The lost phone is blocked at once, and the administrator sees it. Both keys of this phone sign the report.'), problem, list];
  });
}
