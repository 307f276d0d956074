// Two visits of one browser to the shop: yesterday from an ad, today from a search engine.
// Told on the command line, as JSON: addresses, the folder of the browser's profile, the visitor.
// Says on standard output what the pages sent, and what went wrong in them.
import { chromium } from "playwright-core";

const { browser, profile, shop, collector, metrics, member, phone } = JSON.parse(process.argv[2]);
const HOUR = 3_600_000;
const PATIENCE = 60_000;
const SOURCES = ["sensors", "snowplow", "segment", "posthog"];
const FLAGS = [
  // Names as on the web, for on a bare address SDKs see no domain; and nobody else can be called.
  "--host-resolver-rules=MAP *.shop-example.com.cn 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  // A visitor's browser, until the page is gone: for a robot PostHog sends nothing.
  "--disable-blink-features=AutomationControlled",
  "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

const quickly = { request_queue_config: { flush_interval_ms: 250 } };
// Page by page another way of sending, so that each meets the collector.
const YESTERDAY = {
  "/": {
    sensors: { send_type: "beacon" },
    snowplow: { eventMethod: "get" },
    rudderstack: { useBeacon: true },
    posthog: {},
  },
  "/product/SKU1001": {
    sensors: { send_type: "image" },
    snowplow: { eventMethod: "post" },
    rudderstack: {},
    posthog: { request_batching: false },
  },
};
const TODAY = {
  "/product/SKU1001": {
    sensors: { send_type: "ajax" },
    snowplow: { eventMethod: "post", encodeBase64: false },
    rudderstack: {},
    posthog: { disable_compression: true, ...quickly },
  },
  "/checkout": {
    sensors: { batch_send: { send_interval: 500 } },
    snowplow: { eventMethod: "post", bufferSize: 2 },
    rudderstack: { queueOptions: { batch: { enabled: true, flushInterval: 500 } } },
    posthog: quickly,
  },
};
const told = { ways: [], errors: [] };
// Requests whose answer a page waits for: leaving it would break them off. Beacons outlive it.
const waiting = new Set();

/** One visit: a browser that is started, and closed at the end. What it knows stays in its profile. */
async function visiting(pages, clock, go) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser,
    args: FLAGS,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
  });
  context.setDefaultTimeout(PATIENCE);
  if (clock) await context.clock.install({ time: clock });
  await context.addInitScript((visit) => (window.visit = visit), { collector, pages });
  context.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    const kind = request.resourceType();
    if (origin !== shop) told.ways.push(`${kind} ${request.method()} ${pathname}${packing(request)}`);
    if (kind !== "ping") waiting.add(request);
  });
  context.on("requestfinished", (request) => waiting.delete(request));
  context.on("requestfailed", (request) => {
    if (!waiting.delete(request)) return;
    const { origin, pathname } = new URL(request.url());
    told.errors.push(`${request.method()} ${origin}${pathname}: ${request.failure()?.errorText}`);
  });
  context.on("weberror", (error) => told.errors.push(String(error.error())));
  const page = await context.newPage();
  await go(page);
  await context.close();
}

/** How the body is written: zipped, as JSON, or in which field of a form. */
function packing(request) {
  const body = request.postDataBuffer();
  if (!body) return "";
  if (body[0] === 0x1f) return " gzip";
  return body[0] === 0x7b ? " json" : ` ${body.toString().split("=")[0]}`;
}

/** Open a page; it is there when the SDKs know from the collector what they may do. */
async function arrive(page, path, referer) {
  const configurations = ["**/sourceConfig/**", "**/array/*/config"].map(async (address) =>
    (await page.waitForResponse(address)).finished(),
  );
  await Promise.all([page.goto(shop + path, { referer }), ...configurations]);
}

/** Wait until the collector has taken so many records of each SDK in all, and answered. */
async function collected(...wanted) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const text = await (await fetch(metrics)).text();
    const counts = SOURCES.map((source) =>
      Number(text.match(new RegExp(`records_total{source="${source}"} (\\d+)`))?.[1] ?? 0),
    );
    if (waiting.size === 0 && counts.every((count, index) => count >= wanted[index])) return;
    if (Date.now() > until)
      throw new Error(`${counts} records of ${SOURCES} came, not ${wanted}: ${told.errors}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await visiting(YESTERDAY, Date.now() - 26 * HOUR, async (page) => {
  const tags = "utm_source=douyin&utm_medium=cpc&utm_campaign=autumn";
  await arrive(page, `/?${tags}&clickid=EJiw267wvYgDGKe`);
  await collected(2, 1, 0, 1);
  await page.click("#product");
  await page.waitForURL("**/product/*");
  await collected(5, 3, 3, 5);
  await page.goto("about:blank");
  await collected(5, 3, 3, 6);
});
await visiting(TODAY, undefined, async (page) => {
  await arrive(page, "/product/SKU1001", "https://www.baidu.com/link?url=kQ8s");
  await page.click("#cart");
  await collected(9, 6, 6, 10);
  await arrive(page, "/checkout", `${shop}/product/SKU1001`);
  await page.fill("[name=member]", member);
  await page.fill("[name=phone]", phone);
  await page.click("#login button");
  await page.click("#pay");
  await collected(15, 8, 9, 19);
  await page.goto("about:blank");
  await collected(15, 8, 9, 20);
});
console.log(JSON.stringify(told));
