// The control server of the local system
async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error('The local system does not answer. Is it running?');
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    const error = new Error(answer?.detail ?? `The local system answered ${response.status}.`);
    error.status = response.status;
    throw error;
  }
  return answer;
}

const part = encodeURIComponent;
const claimPath = holder => `people/${part(holder.tenantId)}/${part(holder.userId)}/claim`;

export const people = () => call('GET', 'people');
export const phones = () => call('GET', 'phones');
export const addPhone = phone => call('POST', 'phones', phone);
export const devices = phone => call('GET', `phones/${part(phone.id)}/devices`);
export const act = (phone, action, body) => call('POST', `phones/${part(phone.id)}/${action}`, body);
export const claimPicture = (holder, claim) => `${claimPath(holder)}/qr?claim=${part(claim.claimId)}`;

// null when the console shows none
export const claim = holder => call('GET', claimPath(holder)).catch(error => {
  if (error.status === 404) {
    return null;
  }
  throw error;
});

// Tells each phone as it is, then each that changes; the browser connects again by itself when the connection breaks
export function watch(holder, { onOpen, onPhone, onReady, onLost }) {
  const query = holder ? `?tenant=${part(holder.tenantId)}&user=${part(holder.userId)}` : '';
  const source = new EventSource(`phone-events${query}`);
  source.addEventListener('open', onOpen);
  source.addEventListener('phone', event => onPhone(JSON.parse(event.data)));
  source.addEventListener('ready', onReady);
  source.addEventListener('error', onLost);
  return () => source.close();
}
