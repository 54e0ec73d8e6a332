import * as api from './api.js';
import { make, moment, newId } from './dom.js';
import { screen } from './screen.js';
import { SignIn } from './sign-in.js';

const stateNames = { home: 'Enrolled', welcome: 'Welcome screen', notInstalled: 'App deleted' };

// A phone with its switches and buttons, and what happened on it. The controls stay the same elements, so that the focus stays too.
export class Card {
  #phone;
  #shown = '';
  #heading = make('h2', { id: newId('phone'), tabindex: '-1' });
  #facts = make('p', { class: 'facts' });
  #state = make('span', { class: 'state' });
  #above = make('div', { class: 'part' });
  #requests = make('div', { class: 'part' });
  #below = make('div', { class: 'part' });
  #glass = make('div', { class: 'glass' }, this.#above, this.#requests, this.#below);
  #signIns = new Map();
  #log = make('ol', { class: 'log', tabindex: '0' });
  #backup = make('p', { class: 'quiet backup' });
  #switches;
  #buttons;
  #context;

  // context: { nameOf, scan, restore, reportLost, report, announce }
  constructor(context) {
    this.#context = context;
    this.#switches = [
      this.#switch('Offline', 'offline', phone => !phone.online),
      this.#switch('Lose pushes', 'lose-pushes', phone => phone.losesPushes),
      this.#switch('Allow notifications', 'allow-notifications', phone => phone.allowsNotifications),
      this.#switch('Calls the server', 'check-in', phone => phone.checksIn),
      this.#switch('Clock an hour slow', 'clock', phone => phone.clockSeconds !== 0, isOn => ({ seconds: isOn ? -3600 : 0 })),
    ];
    this.#buttons = [
      this.#button('Open the app', 'open', phone => phone.screen !== 'notInstalled'),
      this.#button('Back up', 'backup', phone => phone.screen === 'home'),
      this.#button('New push token', 'rotate-push-token', phone => phone.screen !== 'notInstalled'),
      this.#button('Unregister this phone', 'depart', phone => phone.screen === 'home'),
      this.#button('Report a lost phone', 'report-lost', phone => phone.screen === 'home', () => this.#context.reportLost(this)),
      this.#button('Delete the app', 'delete-app', phone => phone.screen !== 'notInstalled'),
      this.#button('Reinstall the app', 'reinstall', phone => phone.screen === 'notInstalled'),
    ];
    const logName = newId('log');
    this.#log.setAttribute('aria-labelledby', logName);
    this.element = make('article', { class: 'card', 'aria-labelledby': this.#heading.id },
      make('div', { class: 'head' }, this.#heading, this.#facts, this.#state),
      make('div', { class: 'phone', role: 'group', 'aria-label': 'Screen' }, this.#glass),
      make('div', {}, make('h3', { id: logName }, 'What happened'), this.#log),
      make('div', { class: 'controls' },
        make('div', { class: 'switches', role: 'group', 'aria-label': 'Switches' }, ...this.#switches.map(each => each.element)),
        make('div', { class: 'buttons', role: 'group', 'aria-label': 'Actions' }, ...this.#buttons.map(each => each.element)),
        this.#backup));
  }

  get phone() {
    return this.#phone;
  }

  focus() {
    this.#heading.focus();
  }

  update(phone) {
    const before = this.#phone;
    this.#phone = phone;
    this.#heading.textContent = phone.name;
    this.#facts.textContent = phone.name.includes(phone.model) ? phone.osVersion : `${phone.model}, ${phone.osVersion}`;
    const wasReset = phone.screen === 'welcome' && lastTurn(phone) === 'erased';
    this.#state.textContent = wasReset ? 'Reset' : stateNames[phone.screen];
    this.element.dataset.state = wasReset ? 'reset' : phone.screen;
    this.element.dataset.platform = phone.platform;
    this.#backup.replaceChildren(...phone.backupAt ? ['Backup made ', moment(phone.backupAt)] : ['No backup']);
    this.#switches.forEach(each => each.update(phone));
    this.#buttons.forEach(each => each.update(phone));
    this.#showGlass(phone);
    this.#showSignIns(phone);
    this.#showLog(phone);
    if (before) {
      this.#announce(before, phone);
    }
  }

  // Names may become known later than phones
  refresh() {
    this.#shown = '';
    this.#showGlass(this.#phone);
  }

  #showGlass(phone) {
    const name = this.#context.nameOf(phone.registration ?? phone.holder);
    const { history, notifications, ...rest } = phone;
    const key = JSON.stringify([name, rest]);
    if (key !== this.#shown) {
      this.#shown = key;
      const { above, below } = screen(phone, name, {
        scan: () => this.#context.scan(this),
        restore: () => this.#context.restore(this),
      });
      this.#keepingFocus(() => {
        this.#above.replaceChildren(...above);
        this.#below.replaceChildren(...below);
      });
    }
  }

  #showSignIns(phone) {
    this.#keepingFocus(() => {
      for (const [id, shown] of this.#signIns) {
        if (!phone.signIns.some(request => request.requestId === id)) {
          shown.end();
          this.#signIns.delete(id);
        }
      }
      for (const request of phone.signIns.filter(request => !this.#signIns.has(request.requestId)).reverse()) {
        const shown = new SignIn(request, reply => this.#act(`sign-ins/${encodeURIComponent(request.requestId)}/answer`, reply));
        this.#signIns.set(request.requestId, shown);
        this.#requests.prepend(shown.element);
      }
    });
  }

  // When what has the focus is taken away, the focus goes to the phone
  #keepingFocus(change) {
    const focused = this.#glass.contains(document.activeElement) ? document.activeElement : null;
    change();
    if (focused && !focused.isConnected) {
      this.focus();
    }
  }

  #showLog(phone) {
    const entries = phone.history.slice(-30).reverse();
    this.#log.replaceChildren(...entries.length > 0
      ? entries.map(entry => make('li', { 'data-kind': entry.kind }, moment(entry.at), ' ', entry.what))
      : [make('li', {}, 'Nothing yet.')]);
  }

  #announce(before, phone) {
    const news = [];
    if (phone.notification && phone.notification.at !== before.notification?.at) {
      news.push(`notification ${phone.notification.title}: ${phone.notification.body}`);
    }
    for (const request of phone.signIns.filter(request => before.signIns.every(other => other.requestId !== request.requestId))) {
      news.push(`sign-in request of ${request.applicationName}`);
    }
    if (phone.screen !== before.screen) {
      news.push(this.#state.textContent);
    }
    if (phone.message && phone.message !== before.message) {
      news.push(phone.message);
    }
    if (news.length > 0) {
      this.#context.announce(`${phone.name}: ${news.join('. ')}`);
    }
  }

  async #act(action, body) {
    try {
      this.update(await api.act(this.#phone, action, body));
      this.#context.report(null);
    } catch (error) {
      this.#context.report(error.message);
      this.#switches.forEach(each => each.update(this.#phone));
    }
  }

  #switch(label, action, isOn, body = value => ({ value })) {
    const input = make('input', { type: 'checkbox', role: 'switch', onchange: () => this.#act(action, body(input.checked)) });
    return {
      element: make('label', { class: 'switch' }, input, make('span', {}, label)),
      update: phone => { input.checked = isOn(phone); },
    };
  }

  #button(label, action, isOffered, onclick = () => this.#act(action)) {
    const element = make('button', { type: 'button', onclick }, label);
    return {
      element,
      update: phone => {
        const hide = !isOffered(phone);
        if (hide && element === document.activeElement) {
          this.focus();
        }
        element.hidden = hide;
      },
    };
  }
}

// Which came last: that somebody was enrolled here, or that all was erased
function lastTurn(phone) {
  return phone.history.findLast(entry => entry.kind === 'enrolled' || entry.kind === 'erased')?.kind;
}
