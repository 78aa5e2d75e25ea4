// Drives a page of `cellfree report` in Chromium and holds it against what the result files say.
// usage: node check.mjs PAGE.html EXPECTED.json
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { chromium } from "playwright-core";

const [page_, expected_] = process.argv.slice(2);
const expected = JSON.parse(readFileSync(expected_, "utf8"));
const url = `file://${resolve(page_)}`;
const near = (a, b) => Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(b));

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], timeout: 120000,
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(120000); // busy machines
const wrong = [];
page.on("console", m => wrong.push(`${m.type()}: ${m.text()}`));
page.on("pageerror", e => wrong.push(`error: ${e.message}`));
page.on("request", r => r.url().startsWith(url) || wrong.push(`request: ${r.url()}`));
await page.goto(url);

async function choose(page, index) {
  if (expected.length > 1) await page.selectOption("#study", String(index));
}

// ---- what the page says is what the file has ----
async function numbers(page, study) {
  const rows = await page.$$eval("#methods tbody tr", trs => trs.map(tr => ({
    name: tr.dataset.method,
    cells: [...tr.querySelectorAll("td")].map(td => [td.dataset.key, td.dataset.value, td.textContent.replaceAll("\u00a0", " ")]),
  })));
  assert.deepEqual(rows.map(r => r.name).sort(), Object.keys(study.methods).sort());
  let compared = 0;
  for (const { name, cells } of rows) {
    const want = study.methods[name].numbers;
    for (const [key, value, text] of cells) {
      if (want[key] === undefined) { assert.equal(value, "", `${name} ${key}`); continue; }
      assert.ok(near(Number(value), want[key]), `${name} ${key}: ${value}, the file has ${want[key]}`);
      if (key === "mean") assert.equal(text, `${want.mean.toFixed(4)} ± ${want.ci95.toFixed(4)}`);
      if (key === "of_best") assert.ok(Math.abs(parseFloat(text) / 100 - want.of_best) < 6e-4, `${name}: ${text}`);
      if (key === "feasible_share") assert.equal(text, `${(100 * want[key]).toFixed(1)} %`);
      compared++;
    }
  }
  assert.ok(compared >= 6 * rows.length, `${compared} numbers compared`);
  const said = await page.textContent("#again");
  for (const fact of [study.file, study.checksum, `seed ${study.seed}`]) assert.ok(said.includes(fact), fact);
  const yaml = await page.evaluate(() => document.querySelector("#again details pre")?.textContent ?? "");
  assert.ok(yaml === study.yaml, "the scenario's YAML");
}

async function sorting(page) {
  const names = () => page.$$eval("#methods tbody tr", trs => trs.map(tr => tr.dataset.method));
  const values = key => page.$$eval(`#methods td[data-key=${key}]`, tds => tds.map(td => Number(td.dataset.value)));
  const rising = v => v.every((x, i) => i === 0 || x >= v[i - 1]);
  assert.ok(rising((await values("of_best")).reverse()), "begins with the best");
  const button = page.locator("#methods th[data-key=us_per_drop] button");
  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#methods th[data-key=us_per_drop]", "aria-sort"), "ascending");
  assert.ok(rising(await values("us_per_drop")), "sorted by time");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#methods th[data-key=us_per_drop]", "aria-sort"), "descending");
  await page.click("#methods th[data-key=name] button");
  assert.deepEqual(await names(), [...(await names())].sort());
}

async function charts(page, study) {
  for (const id of ["front", "distributions"]) {
    const drawn = await page.locator(`#${id} .plot svg[role=img]`).count();
    assert.equal(drawn, id === "front" ? 1 : 3, `charts of ${id}`);
  }
  const names = await page.$$eval("#front .names text", t => t.map(x => x.textContent));
  assert.deepEqual(names.sort(), Object.keys(study.methods).sort());
  const lines = () => page.locator("#distributions .pair figure:first-of-type [aria-label=line]").count();
  const before = await lines();
  await page.locator("#distributions .chip input:checked").first().uncheck();
  assert.equal(await lines(), before - 1);
}

// ---- drop by drop ----
const drawing = (page, side) => page.$eval(`.side:nth-child(${side + 1}) svg.network`, svg => svg.outerHTML);
const drawn = (page, side, group) =>
  page.$$eval(`.side:nth-child(${side + 1}) svg.network .${group} line`, l => l.map(x => Number(x.dataset.link)).sort((a, b) => a - b));

function same(got, want, what) {
  const extra = got.filter(l => !want.sure.includes(l) && !want.perhaps.includes(l));
  assert.deepEqual([extra, want.sure.filter(l => !got.includes(l))], [[], []], what);
}

async function drops(page, study) {
  const names = Object.keys(study.methods);
  const option = name => page.$$eval("#method0 option", (o, n) => o.find(x => x.textContent === n).value, name);
  const slider = page.locator("#drop");
  const reference = names.find(n => study.methods[n].proven.every(Boolean));
  for (const name of names) {
    await page.selectOption("#method0", await option(name));
    await slider.focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < 4; i++) {
      assert.match(await page.textContent(".dropno"), new RegExp(`^drop ${i + 1} of`));
      same(await drawn(page, 0, "links"), study.methods[name].links[i], `${name} in drop ${i + 1}`);
      if (reference) same(await drawn(page, 0, "under"), study.methods[reference].links[i], `optimum in drop ${i + 1}`);
      const value = parseFloat((await page.textContent(".side:first-child .facts dd")).replace("−", "-").replace(",", ""));
      assert.ok(Math.abs(value - study.methods[name].objective[i]) <= 6e-3 * Math.abs(value) + 1e-3, `${name}: ${value}`);
      await page.keyboard.press("ArrowRight");
    }
  }
  await page.keyboard.press("Home");
  const first = [await drawing(page, 0), await drawing(page, 1)];
  await page.keyboard.press("ArrowRight");
  assert.notDeepEqual([await drawing(page, 0), await drawing(page, 1)], first, "the slider changes the drawing");
  await page.keyboard.press("ArrowLeft");
  assert.deepEqual([await drawing(page, 0), await drawing(page, 1)], first, "and back");
  await page.click("button[aria-label='Next drop']");
  assert.match(await page.textContent(".dropno"), /^drop 2 of/);
  await page.click(".controls .wide");
  await page.uncheck("#under");
  assert.equal((await drawn(page, 0, "under")).length, 0);
}

async function theme(page) {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.locator("#theme").focus();
  await page.keyboard.press("Enter");
  assert.equal(await ground(), light);
  await page.click("#theme");
  assert.equal(await ground(), dark);
}

// ---- on a phone nothing is wider than the screen ----
async function phone(page) {
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForFunction(w => [...document.querySelectorAll(".plot svg[role=img]")].every(s => s.clientWidth < w), width);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `the page is ${wide} wide on a phone of ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

for (let i = 0; i < expected.length; i++) {
  await choose(page, i);
  await numbers(page, expected[i]);
  await sorting(page);
  await charts(page, expected[i]);
  await drops(page, expected[i]);
  await phone(page);
}
await theme(page);
const elements = await page.evaluate(() => window.bad ?? document.querySelectorAll("main script, main img, main b").length);
assert.equal(elements, 0, "names in the files do not become elements");
assert.deepEqual(wrong, [], "the console is empty and nothing is asked for");
await browser.close();
console.log(`${expected.length} results: page and file agree`);
