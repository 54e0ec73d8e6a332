// Reads settings.json, narrows the Content-Security-Policy to the origins named there, then starts the console.
(async () => {
  const say = text => {
    const place = document.getElementById('boot-text');
    if (place) {
      place.textContent = text;
    }
  };
  try {
    const answer = await fetch('settings.json', { cache: 'no-cache' });
    if (!answer.ok) {
      throw new Error(`settings.json: HTTP ${answer.status}`);
    }
    const settings = await answer.json();
    const signIn = [settings.auth.authority, ...(settings.auth.origins ?? [])].map(address => new URL(address).origin);
    const api = new URL(settings.api, document.baseURI).origin;
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = `connect-src 'self' ${[api, ...signIn].join(' ')}; frame-src 'self' ${signIn.join(' ')}`;
    document.head.append(policy);
  } catch (error) {
    say('The admin console cannot start: its settings.json cannot be read.');
    throw error;
  }
  try {
    await Blazor.start();
  } catch (error) {
    say('The admin console cannot start in this browser. It needs WebAssembly.');
    throw error;
  }
})();
