// A Chromium that does what lines of JSON on standard input say, and answers each with one; see ../README.md.

import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's sandbox does not run as root, as tests in containers do.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
});
const options = { colorScheme: 'light', reducedMotion: 'reduce', javaScriptEnabled: false, timezoneId: 'UTC' };
let context = await browser.newContext({ ...options, locale: 'en-US' });
let page = await context.newPage();
page.setDefaultTimeout(30_000);

/** A second page on the same cookies in which axe may run: pages themselves work without any script. */
async function violations() {
    const scripted = await browser.newContext({
        ...options,
        javaScriptEnabled: true,
        bypassCSP: true,
        viewport: page.viewportSize(),
    });
    try {
        const copy = await scripted.newPage();
        await copy.route('**/*', async (route) => {
            if (route.request().url() === page.url()) {
                await route.fulfill({ contentType: 'text/html; charset=utf-8', body: await page.content() });
            } else {
                await route.continue();
            }
        });
        await copy.goto(page.url());
        await copy.evaluate(axe);
        const { violations } = await copy.evaluate(() => globalThis.axe.run());
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    } finally {
        await scripted.close();
    }
}

const steps = {
    async fresh({ locale = 'en-US' }) {
        await context.close();
        context = await browser.newContext({ ...options, locale });
        page = await context.newPage();
        page.setDefaultTimeout(30_000);
    },
    goto: ({ url }) => page.goto(url).then(() => undefined),
    fill: ({ selector, text }) => page.fill(selector, text),
    /** Every button and link here leads to a page. */
    click: ({ selector }) => Promise.all([page.waitForNavigation(), page.click(selector)]).then(() => undefined),
    press: ({ key }) => page.keyboard.press(key),
    type: ({ text }) => page.keyboard.type(text),
    size: ({ width, height }) => page.setViewportSize({ width, height }),
    arrived: ({ pattern }) => page.waitForURL(new RegExp(pattern)),
    text: ({ selector }) => page.innerText(selector),
    attribute: ({ selector, name }) => page.getAttribute(selector, name),
    count: ({ selector }) => page.locator(selector).count(),
    url: () => page.url(),
    axe: violations,
    screenshot: ({ path, mask = [] }) =>
        page
            .screenshot({ path, fullPage: true, mask: mask.map((selector) => page.locator(selector)), maskColor: '#d0d7de' })
            .then(() => undefined),
    focused: () => page.locator(':focus').evaluate((node) => node.outerHTML),
};

for await (const line of createInterface({ input: process.stdin })) {
    const { step, ...parameters } = JSON.parse(line);
    let answer;
    try {
        answer = { result: (await steps[step](parameters)) ?? null };
    } catch (error) {
        answer = { error: `${step} at ${page.url()}: ${error.message}` };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
