// What the console keeps to itself, and what it does with what others have written.
import { describe, expect, it } from 'vitest';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken, signToken } from '../../support/tokens.js';
import { arrival, lineState, messages, useBrowser } from './console-browser.js';

const HOSTILE = '<img src=x onerror="document.title=\'broken in\'"><script>document.title="broken in"</script><b>bold</b>';

const server = new ServerProcess();
const browser = useBrowser(server);

describe('what is served', () => {
  it('is a page that runs its own scripts only, makes no markup of text, talks to this server only, and cannot be framed', async () => {
    const response = await fetch(`${server.origin}/console`);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('are files with a name of their own in each build, which may be kept; and nothing but those', async () => {
    const page = await (await fetch(`${server.origin}/console`)).text();
    const [script] = /console\/index-[\w-]+\.js/.exec(page) ?? [''];
    const response = await fetch(`${server.origin}/${script}`);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['index.html', 'licenses.md', '..%2fmain.js', '%2e%2e%2f%2e%2e%2fmain.js']) expect((await fetch(`${server.origin}/console/${path}`)).status, path).toBe(404);
  });
});

describe('the page', () => {
  it('shows markup in names, contents, reasons and metadata as text', async () => {
    await server.admin.createRoom({ id: 'hostile', name: HOSTILE, metadata: { note: HOSTILE }, members: ['reader'] });
    await server.admin.publish('hostile', { content: HOSTILE, client_id: 'backend' });
    await server.admin.request('PUT', '/bans/vandal', { seconds: 600, reason: HOSTILE });
    const page = await browser.open(server.origin, { token: signToken({ sub: 'reader' }) });
    await arrival(page, 'bold');
    expect(await messages(page)).toEqual([`backend ${HOSTILE}`]);

    for (const hash of ['#/rooms', '#/rooms/hostile', '#/bans', '#/playground']) {
      await page.evaluate(`location.hash = '${hash}'`);
      await page.getByText(HOSTILE).first().waitFor();
      expect(await page.locator('main img, main b, main script').count(), hash).toBe(0);
    }
    expect(await page.title()).toBe('Playground · ChatAPI Delivery console');
    expect(await browser.closePages()).toEqual([]);
  });

  it('does not let even its own code make markup of text', async () => {
    const page = await browser.open(server.origin);
    const attempt = "try { document.body.innerHTML = '<b>x</b>'; 'made' } catch (error) { error.name }";
    expect(await page.evaluate(attempt)).toBe('TypeError');
    expect(await browser.closePages()).toEqual([expect.stringContaining('TrustedHTML')]);
  });

  it('asks nobody but its server, and tells no address a token', async () => {
    const admin = adminToken();
    const token = signToken({ sub: 'secretive' });
    const addresses: string[] = [];
    const page = await browser.open(server.origin, { admin, token });
    page.on('request', (request) => addresses.push(request.url()));
    page.on('websocket', (socket) => addresses.push(socket.url()));
    await page.reload();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await lineState(page, 'connected');
    for (const view of ['Overview', 'Connections', 'Rooms', 'Clients', 'Bans']) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await page.getByRole('heading', { name: view, level: 1 }).waitFor();
    }

    expect(addresses.some((address) => address.startsWith('ws:'))).toBe(true);
    expect(addresses.filter((address) => address.includes(admin) || address.includes(token))).toEqual([]);
    expect(browser.foreignRequests).toEqual([]);
    expect(server.output).not.toContain(token);
    expect(await browser.closePages()).toEqual([]);
  });

  it('keeps tokens in the tab alone', async () => {
    const page = await browser.open(server.origin, { token: signToken({ sub: 'tabbed' }) });
    expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie + location.href')).not.toContain('eyJ');
    const other = await page.context().newPage();
    await other.goto(`${server.origin}/console`);
    await other.getByLabel('Admin token').waitFor();
    expect(await browser.closePages()).toEqual([]);
  });
});
