import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { faults } from './lib/axe.mjs'
import { album, heading, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { movesOn, rental, world } from './lib/world.mjs'

const SIZES = {
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
}
/** Further than any page of these has stops. */
const STOPS_MAX = 60

test('a raffle from its countdown to its winners, and its file without a network', () => withBrowser(async browser => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'raffle-'))
  const found = []
  const crowd = await Promise.all(Object.entries(SIZES).map(async ([size, options]) => {
    const person = await visitor(browser, { ...options, reducedMotion: 'reduce', acceptDownloads: true })
    const shoot = album(`raffle-${size}`)
    const look = async (page, name) => {
      found.push(...(await faults(page, `${name} (${size})`)))
      await shoot(page, name)
    }
    return { size, person, look, page: await person.context.newPage() }
  }))
  const each = work => crowd.reduce((before, one) => before.then(() => work(one)), Promise.resolve())

  let raffle = await movesOn('authorised')
  await each(authorised)
  raffle = await movesOn('open')
  await each(one => open(one, raffle))
  await movesOn('closed')
  raffle = await movesOn('committed')
  await each(one => committed(one, raffle))
  await movesOn('shuffled')
  raffle = await movesOn('drawn')
  const winner = await prize(crowd, raffle)
  await each(one => drawn(one, raffle, winner))
  await each(one => inside(one, raffle))
  await each(one => withoutNetwork(browser, one, { raffle, winner, folder }))
  for (const { person } of crowd) untroubled(person, /status of 422/)
  assert.deepEqual(found, [])
  fs.rmSync(folder, { recursive: true })
}))

/** Before the first return: what is promised, and when. */
async function authorised({ page, look }) {
  await page.goto(`${world.cloud}/sorteio`)
  await heading(page, 'Sorteios')
  await look(page, 'list')
  await press(page, page.getByRole('link', { name: /Carrinho de Volta/ }))
  await heading(page, 'Carrinho de Volta')
  await page.getByText('Começam as participações').first().waitFor()
  await counts(page)
  await look(page, 'authorised')
  await press(page, page.getByRole('link', { name: /Regulamento|regras/i }).last())
  await page.waitForURL(/\/regras$/)
  await page.getByText('04.031245/2023').first().waitFor()
  await look(page, 'rules')
}

async function open({ page, look }, { id, receipts: [receipt] }) {
  await page.goto(`${world.cloud}/sorteio/${id}`)
  await counts(page)
  await look(page, 'open')
  await page.goto(`${world.cloud}/r/${receipt}`)
  await heading(page, /de volta na sua conta/)
  await look(page, 'receipt-open')
  await page.goto(`${world.cloud}/r/${receipt}/sorteio`)
  await look(page, 'inside-open')
}

/** The list is fixed: the page shows the root that the docks show. */
async function committed({ page, look }, { id }) {
  await page.goto(`${world.cloud}/sorteio/${id}`)
  await counts(page)
  await look(page, 'committed')
  const root = await page.locator('.hash').first().innerText()
  await page.goto(`${world.docks.norte}/dock`)
  const shown = (await page.locator('body').innerText()).replace(/\s+/g, '')
  assert(shown.includes(root.replace(/\s+/g, '')), `the dock shows another root than ${root}`)
  await look(page, 'dock')
}

/** Whoever won finds it on the receipt, and gives a name; answers it as others may read it. */
async function prize([first, second], { id, receipts }) {
  const { page, look } = first
  for (const receipt of receipts) {
    await page.goto(`${world.cloud}/r/${receipt}`)
    await heading(page, /de volta na sua conta/)
    const link = page.locator('a[href^="/premio/"]')
    if (!(await link.count())) continue
    await look(page, 'receipt-won')
    await press(page, link)
    await page.locator('.voucher').waitFor()
    await look(page, 'prize')
    await second.page.goto(page.url())
    await second.look(second.page, 'prize')
    await page.locator('#name').fill('Ana Paula Silva')
    await page.locator('[name=publish]').check()
    await press(page, page.locator('form[action$="/nome"] button'))
    await page.getByRole('status').waitFor()
    await look(page, 'prize-with-name')
    return { receipt, name: 'A*** P*** S***' }
  }
  throw new Error(`nobody of ${id} won`)
}

async function drawn({ page, look }, { id }, winner) {
  await page.goto(`${world.cloud}/sorteio`)
  await look(page, 'list-drawn')
  await press(page, page.getByRole('link', { name: /Carrinho de Volta/ }))
  await heading(page, 'Carrinho de Volta')
  const told = await page.locator('main').innerText()
  for (const digits of ['71953', '08420', '35187', '90266', '44719']) {
    const line = page.locator('table.draw tbody tr').filter({ hasText: new RegExp([...digits].join('\\s*')) })
    assert.equal(await line.count(), 1, digits)
  }
  assert(told.includes(winner.name) && told.includes('Nome não publicado'), told)
  for (const secret of ['Ana', 'Paula', 'Silva', '529.982', '111.444', '123.456']) assert(!told.includes(secret), secret)
  for (const fold of await page.locator('main summary').all()) await fold.click()
  await look(page, 'drawn')
}

/** Is my entry inside? Asked with a code that is none, one of nobody, and the receipt's, by keyboard. */
async function inside({ page, look }, { id, receipts }) {
  const { receipt: { entry } } = await rental(receipts[0])
  await page.goto(`${world.cloud}/sorteio/${id}`)
  await press(page, page.getByRole('link', { name: 'Minha participação está na lista?' }))
  await page.waitForURL(/\/conferir$/)
  await look(page, 'ask')
  await tabTo(page, page.locator('#code'))
  await page.keyboard.type('0000-0000-0000')
  await page.keyboard.press('Enter')
  await page.locator('#code-error').waitFor()
  await look(page, 'ask-refused')
  await page.locator('#code').fill('')
  await page.keyboard.type(entry.code)
  await page.keyboard.press('Enter')
  await page.locator('.tick').waitFor()
  for (const fold of await page.locator('main summary').all()) await fold.click()
  await look(page, 'inside')
  await page.goto(`${world.cloud}/r/${receipts.at(-1)}/sorteio`)
  await look(page, 'outside')
}

/** The files are fetched by links, and judged by the page from a disk as by the program. */
async function withoutNetwork(browser, { size, page, look }, { raffle, winner, folder }) {
  const fetched = async (link, name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, link)])
    const file = path.join(folder, `${size}-${name}`)
    await download.saveAs(file)
    return file
  }
  await page.goto(`${world.cloud}/sorteio/${raffle.id}`)
  const bundle = await fetched(page.locator('a[href$="/pacote.json"]'), 'pacote.json')
  const verifier = await fetched(page.locator('a[href$="/verificar.html"]'), 'verificar.html')
  await page.goto(`${world.cloud}/r/${winner.receipt}/sorteio`)
  const receipt = await fetched(page.locator('a[href$="/comprovante.json"]'), 'comprovante.json')
  const lie = path.join(folder, `${size}-lie.json`)
  fs.writeFileSync(lie, fs.readFileSync(bundle, 'utf8').replace('"71953"', '"71954"'))

  const alone = await visitor(browser, { ...SIZES[size], offline: true, reducedMotion: 'reduce' })
  const tab = await alone.context.newPage()
  await tab.goto(pathToFileURL(verifier).href)
  await tabTo(tab, tab.locator('#bundle'))
  const cases = { alone: [bundle], lie: [lie], whole: [bundle, receipt] }
  for (const [name, files] of Object.entries(cases).slice(size === 'phone' ? 0 : 1)) {
    await tab.locator('#receipt').setInputFiles(files.slice(1))
    await tab.locator('#bundle').setInputFiles(files[0])
    const told = await verdict(tab, files)
    assert.deepEqual(told, program(files), name)
    assert.equal(told.result.startsWith('CONFERE'), name !== 'lie', told.result)
    await look(tab, `verifier-${name}`)
  }
  untroubled(alone)
  await alone.context.close()
}

/** What the page says of the files, when it has been through them. */
async function verdict(tab, [bundle]) {
  await tab.locator('#verdict', { hasText: path.basename(bundle) }).waitFor()
  const steps = await tab.locator('#steps h3').evaluateAll(all => all.map(one => {
    const mark = one.querySelector('.mark').className.split(' ').at(-1)
    return [one.firstChild.textContent, mark]
  }))
  return { result: (await tab.locator('#verdict h2').innerText()).replace(/[“”]/g, '"'), steps }
}

/** What the program says of them, in the page's words. */
function program(files) {
  const run = () => {
    try {
      return execFileSync(world.verifier, files, { encoding: 'utf8' })
    } catch (refused) {
      assert.equal(refused.status, 1, refused.stderr)
      return refused.stdout
    }
  }
  const told = run()
  const marks = { ok: 'ok', pendente: 'wait', RECUSADO: 'no' }
  const steps = [...told.matchAll(/^\[ *(\S+) *\] ([^:]+):/gm)].map(([, stands, name]) => [name, marks[stands]])
  return { result: /^RESULTADO: ([^.\n]+)/m.exec(told)[1], steps }
}

/** The countdown says less and less; how long is the browser's business. */
async function counts(page) {
  const left = page.locator('.countdown strong')
  await left.waitFor()
  assert.match(await left.innerText(), /\d+ (d|h|min|s)/)
}

/** To a link or button as without a mouse, and through it. */
async function press(page, target) {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

async function tabTo(page, target) {
  await target.waitFor()
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await target.evaluate(it => it === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no way by keyboard to ${target}`)
}
