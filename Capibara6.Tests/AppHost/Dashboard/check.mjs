// Looks at the dashboard as a person does: node check.mjs LOGIN_URL CHROMIUM [FOLDER_FOR_SCREENSHOTS]
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [loginUrl, executablePath, images] = process.argv.slice(2);
const services = ['capibara6-api', 'capibara6-graphql', 'capibara6-worker'];
const base = new URL(loginUrl).origin;
const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(60_000);

const text = () => page.locator('body').innerText();
const row = name => page.getByRole('row').filter({ hasText: name }).first();

async function open(path) {
    await page.goto(base + path);
}

async function picture(name) {
    if (!images) {
        return;
    }

    // What is the machine's and not the system's: that there is no development certificate.
    const notice = page.locator('.dashboard-message-bar-dismiss');
    if (await notice.count() > 0) {
        await notice.first().click();
        await notice.first().waitFor({ state: 'detached' });
    }

    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(images, `${name}.png`) });
}

// A stranger does not get in; the token of the console does.
await open('/');
await page.waitForURL(/\/login/);
await page.goto(loginUrl);

// Resources: all there, running, with links that have names.
for (const name of ['postgres', 'timescaledb', 'redis', 'models-emulator', ...services]) {
    await row(name).getByText('Running', { exact: true }).first().waitFor();
}

for (const link of ['REST docs', 'OpenAPI', 'GraphQL']) {
    await page.getByRole('link', { name: link, exact: true }).waitFor();
}

assert.equal((await page.request.get(await page.getByRole('link', { name: 'OpenAPI' }).getAttribute('href'))).status(), 200);
await picture('dashboard-resources');

// A command, by a click.
await row('capibara6-api').locator('fluent-button[title^="Send a sample query"]').click();
await page.getByText(/answered in \d+ ms/).first().waitFor();
await page.keyboard.press('Escape');

// Parameters, with the secret hidden.
await open('/?view=Parameters');
await row('admin-password').waitFor();
await row('domain').getByText('capibara6.example').waitFor();

// Structured logs of each service.
for (const name of services) {
    await open(`/structuredlogs/resource/${name}`);
    await page.getByRole('row').filter({ hasText: name }).first().waitFor();
}

// Metrics of each service.
for (const name of services) {
    await open(`/metrics/resource/${name}`);
    await page.getByText('http.server.active_requests').first().waitFor();
}

// Traces: the command's calls are among them, the polls are not.
await open('/traces');
const search = page.locator('input[name="traces-search"]');
await search.waitFor();
await page.getByRole('row').filter({ hasText: 'capibara6' }).first().waitFor();
await picture('dashboard-traces');
await search.fill('POST /api/v1/query');
await row('POST /api/v1/query').locator('.trace-name-content').click();

// One query is one trace, from the API to the model and PostgreSQL.
await page.waitForURL(/\/traces\/detail\//);
await page.getByText('models-emulator').first().waitFor();
const trace = await text();
for (const part of ['capibara6-api', 'models-emulator', 'capibara6', 'query']) {
    assert.ok(trace.includes(part), `${part} in the trace of a query:\n${trace}`);
}

assert.match(trace, /postgresql|capibara6\b.*DB/s);
await picture('dashboard-query');
await browser.close();
console.log('all checks passed');
