import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { PHONE, heading, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { decode } from './lib/qr.mjs'
import { CPF, bringBack, payAndPull, reach, take, world } from './lib/world.mjs'

test('the QR codes hold what they promise, also in the dark', () => withBrowser(async browser => {
  const order = await take('norte')
  for (const colorScheme of ['light', 'dark']) {
    const person = await visitor(browser, { ...PHONE, colorScheme })
    const page = await person.open(order.address)
    await page.locator('summary').click()
    assert.equal(await decode(page), order.code)
    const dock = await person.open(`${world.docks.norte}/simulator`)
    await dock.locator('#qr summary').click()
    assert.equal(await decode(dock), `${world.cloud}/d/norte`)
    untroubled(person)
  }
}))

test('the receipt prints, and its QR code leads back to it', () => withBrowser(async browser => {
  const { address } = await settled()
  const person = await visitor(browser, PHONE)
  const page = await person.open(address)
  await heading(page, /de volta na sua conta/)
  await page.locator('.receipt-qr summary').click()
  assert.equal(await decode(page), world.cloud + address)
  const paper = await page.pdf({ format: 'A4' })
  assert.equal(paper.subarray(0, 5).toString(), '%PDF-')
  assert.equal(paper.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1)
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('button:visible, footer:visible').count(), 0)
  await page.locator('.receipt').waitFor()
  untroubled(person)
}))

test('the dock page and the receipt read aloud as agreed', () => withBrowser(async browser => {
  const person = await visitor(browser)
  const page = await person.open('/d/norte')
  await heading(page, 'Ponto Norte')
  await agrees(page, 'dock')
  const { address } = await settled()
  await page.goto(world.cloud + address)
  await heading(page, /de volta na sua conta/)
  await agrees(page, 'receipt')
  untroubled(person)
}))

async function settled() {
  const order = await take('norte', CPF)
  await bringBack('norte', 'sul', await payAndPull('norte', order), 1)
  await reach(order.token, 'closed')
  return order
}

// What differs from run to run.
const CHANGES = [
  [/\d\d\/\d\d\/\d{4}/g, 'DATE'], [/\d\d:\d\d(:\d\d)?/g, 'TIME'], [/\b[ED]\d{8}\w+/g, 'BANK-ID'],
  [/[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}/g, 'ENTRY'], [/\d\d\/\d{4}/g, 'MONTH'], [/127\.0\.0\.1:\w+/g, 'HOST'],
  [/\/r\/[\w-]{22}/g, '/r/TOKEN'], [/\/sorteio\/[0-9a-f]{32}/g, '/sorteio/CAMPAIGN'],
]

/** Compares with snapshots/NAME.txt; UPDATE_SNAPSHOTS=1 writes it. */
async function agrees(page, name) {
  const file = new URL(`snapshots/${name}.txt`, import.meta.url)
  let told = await page.locator('body').ariaSnapshot()
  for (const [pattern, word] of CHANGES) told = told.replace(pattern, word)
  if (process.env.UPDATE_SNAPSHOTS) fs.writeFileSync(file, told + '\n')
  assert.equal(told + '\n', fs.readFileSync(file, 'utf8'), `${name} reads otherwise: UPDATE_SNAPSHOTS=1 if it is meant so`)
}
