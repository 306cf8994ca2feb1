// Uses GraphiQL as a person does: node check.mjs URL TOKEN CHROMIUM [FOLDER_FOR_SCREENSHOTS]
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, token, executablePath, images] = process.argv.slice(2);
const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(60_000);

// Nothing comes from elsewhere, and the policy of the page is never broken.
const origin = new URL(url).origin;
const problems = [];
page.on('request', request => /^(data|blob):/.test(request.url()) || request.url().startsWith(origin) || problems.push(`a request to ${request.url()}`));
page.on('console', message => /Content.Security.Policy/i.test(message.text()) && problems.push(message.text().slice(0, 300)));
page.on('pageerror', error => problems.push(String(error)));

const response = page.locator('.result-window');
const status = page.getByRole('status').first();

// The tab has the operation's name once the editor has read the operation.
async function open(example, operation) {
    await page.getByRole('region', { name: 'Examples' }).getByRole('button', { name: example, exact: true }).click();
    await page.getByRole('tab', { selected: true }).filter({ hasText: operation }).waitFor();
}

async function run(shows) {
    await page.getByRole('button', { name: /Execute query/ }).click();
    await response.getByText(shows).first().waitFor();
}

// A stranger sees the page and learns nothing.
const opened = await page.goto(url);
assert.equal(opened.status(), 200);
assert.match(opened.headers()['content-security-policy'], /default-src 'none'; script-src 'self';/);
await status.getByText('Not logged in', { exact: true }).waitFor();
const credential = page.getByLabel('API key or token');
await credential.fill('wrong');
await page.getByRole('button', { name: 'Log in' }).click();
await status.getByText(/^Not logged in: /).waitFor();

// Who logs in is told the schema, and the operations are theirs.
await credential.fill(token);
await page.getByRole('button', { name: 'Log in' }).click();
await status.getByText(/^Logged in as admin/).waitFor();
await page.getByRole('button', { name: 'Show Examples' }).click();
await open('Models', 'Models');
await run('capibara6-120b');

// A mutation with variables.
await open('Ask a question', 'Ask');
await run('modelUsed');

// A subscription, over WebSocket, to its end.
await open('Follow an answer', 'FollowAnswer');
const socket = page.waitForEvent('websocket');
await run('result');
assert.equal(new URL((await socket).url()).pathname, new URL(url).pathname);
if (images) {
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(images, 'graphiql.png') });
}

// The schema is there to be read, which is told to those who are logged in.
await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
await page.getByText('Root Types').first().waitFor();

// Nothing that lets anyone in stays behind.
const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
assert.ok(!kept.includes(token), 'the credential is in the browser');
await page.getByRole('button', { name: 'Log out' }).click();
await status.getByText('Not logged in', { exact: true }).waitFor();
assert.deepEqual(problems, []);
await browser.close();
console.log('all checks passed');
