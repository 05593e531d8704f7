// A dock that lost its internet, as its customers meet it.
import { heading } from './browser.mjs'
import { decode } from './qr.mjs'
import { hands, pay, pull, reach, take, until, world } from './world.mjs'

/** Pulls the dock's network cable and returns when the cloud has missed it. */
export async function cut(dock) {
  await hands(dock, 'unplug', {})
  await until('the cloud misses the dock', async () => {
    const seen = await fetch(`${world.cloud}/api/v1/docks/${dock}`)
    return (await seen.json()).online === false
  })
}

/** A rental that is paid at a dark dock, on `page`: `{order, carried, digits}`. */
export async function payInTheDark(page, dock) {
  const order = await take(dock)
  await page.goto(world.cloud + order.address)
  await pay(order.code)
  await page.locator('.digits').waitFor()
  return { order, carried: await decode(page), digits: await page.locator('.digits').innerText() }
}

/** The cart of the bay that the dock's page says it opens; answers `{bay, tag}`. */
export async function pullWhatOpens(page, dock) {
  const told = page.locator('#told.good')
  await told.waitFor()
  const bay = Number(/\d+/.exec(await told.innerText())[0])
  const { tag } = await until('the bay lets go', () => hands(dock, 'pull', { bay }))
  await until('the dock has seen it go', async () => {
    const { bays } = await (await fetch(`${world.docks[dock]}/simulator/api/state`)).json()
    return bays.find(it => it.bay === bay).lamp !== 'open'
  })
  return { bay, tag }
}

/** What the dock's own page shows for the return that `giveBack` makes in `bay`. */
export async function receiptOf(page, dock, bay, giveBack) {
  await page.goto(`${world.docks[dock]}/dock`)
  const before = await page.locator('.receipts li').evaluateAll(rows => rows.map(row => row.id))
  await giveBack()
  const row = page.locator(`.receipts li:first-child${before.map(id => `:not(#${id})`).join('')}`)
  await row.filter({ hasText: new RegExp(`(Vaga|Bay) ${bay}\\b`) }).waitFor()
  return {
    code: await row.locator('.code').innerText(),
    address: await row.getByRole('link').getAttribute('href'),
    drawn: await decode(page),
  }
}

/** Calls `look(name, page)` on each page that a dark dock's customer can meet. */
export async function offlinePages(person, look) {
  const page = await person.context.newPage()
  await cut('norte')
  await page.goto(`${world.docks.norte}/simulator`)
  await until('the stream lives', () => page.locator('#pulse').textContent())
  await look('simulator without internet', page)
  await page.goto(`${world.cloud}/d/norte`)
  await look('dark dock', page)
  const { order, carried, digits } = await payInTheDark(page, 'norte')
  await look('what is carried', page)
  for (const path of [`/g/${carried}`, '/g/NONSENSE', '/nowhere', '/dock?aviso=code_wrong']) {
    await page.goto(world.docks.norte + path)
    await look(path.slice(0, 12), page)
  }
  await page.goto(`${world.docks.norte}/dock`)
  await page.locator('#code').fill(digits)
  await page.locator('#code').press('Enter')
  const { bay, tag } = await pullWhatOpens(page, 'norte')
  const giveBack = () => hands('norte', 'push', { bay, tag })
  const receipt = await receiptOf(page, 'norte', bay, giveBack)
  await look('dock with a receipt', page)
  await page.goto(receipt.address)
  await look('receipt', page)
  await page.locator('main form button').click()
  await heading(page, /Recibo recebido|Receipt/)
  await look('receipt brought', page)
  await hands('norte', 'plug', {})
  await reach(order.token, 'closed')
  // One that is out, and whose page takes a receipt's code.
  const next = await take('norte')
  await pay(next.code)
  await pull('norte', next)
  await page.goto(world.cloud + next.address)
  await page.locator('main details summary').first().click()
  await page.locator('#code').fill('0000 0000 0000')
  await page.locator('#code').press('Enter')
  await page.locator('#code-error').waitFor()
  await look('receipt code refused', page)
  await page.close()
}
