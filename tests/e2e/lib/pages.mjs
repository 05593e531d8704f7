// Every page that a person can meet, one after the other, and the rental's page in its stages.
import { heading } from './browser.mjs'
import { CPF, bringBack, pay, pull, take, until, world } from './world.mjs'

/** Calls `look(name, page)` on each page of the cloud that needs no rental. */
export async function quietPages(person, look) {
  const page = await person.open('/')
  await look('home', page)
  for (const path of ['/d/norte', '/help', '/privacy', '/mine']) {
    await page.goto(world.cloud + path)
    await look(path, page)
  }
  await page.goto(world.cloud + '/d/norte')
  await page.locator('#cpf').fill('1')
  await page.locator('form button').click()
  await page.locator('#cpf-error').waitFor()
  await look('/d/norte with a wrong CPF', page)
  for (const path of ['/nowhere', '/d/nowhere', '/r/AAAAAAAAAAAAAAAAAAAAAA']) {
    await page.goto(world.cloud + path)
    await look(path, page)
  }
  await page.close()
}

/** The rental's page from the charge to the receipt, then `/mine`; and one that was cancelled. */
export async function rentalPages(person, look) {
  const order = await take('norte', CPF)
  const page = await person.open(order.address)
  const at = async (stage, key) => {
    await page.locator(`[data-state^="${key}-"]`).waitFor()
    await look(stage, page)
  }
  await page.locator('summary').click()
  // What is paid has no code to scan: the picture is asked for before.
  await until('the code to scan is drawn', () => page.locator('img.qr').evaluate(image => image.naturalWidth > 0))
  await at('pay', 'pay')
  await pay(order.code)
  await at('open', 'open')
  const tag = await pull('norte', order)
  await at('out', 'out')
  await bringBack('norte', 'sul', tag, 1)
  await page.locator('summary').first().waitFor()
  await at('receipt', 'closed')
  await page.locator('main a[href$="/data"]').click()
  await heading(page, /Seus dados|Your data/)
  await look('data', page)
  await page.goto(world.cloud + '/mine')
  await look('mine', page)
  const given = await take('norte')
  await page.goto(world.cloud + given.address)
  await page.locator('form button').click()
  await at('cancelled', 'cancelled')
  await page.close()
}

/** What a gateway shows: the simulated dock with a cart in the hand, and the technician's page. */
export async function dockPages(person, look) {
  const page = await person.open(`${world.docks.norte}/simulator`)
  await until('the stream lives', () => page.locator('#pulse').textContent())
  await page.locator('#mischief summary').click()
  await look('simulator', page)
  await page.goto(`${world.docks.norte}/`)
  await until('the stream lives', () => page.locator('#pulse').textContent())
  await look('status', page)
  await page.close()
}

/** The bank's app, in Portuguese only. */
export async function bankPages(person, look) {
  const { code } = await take('sul')
  const page = await person.open(`${world.bank}/`)
  await look('bank', page)
  await page.locator('#codigo').fill(code)
  await page.locator('form button').click()
  await heading(page, 'Confirmar Pix')
  await look('bank charge', page)
  await page.locator('form button').click()
  await heading(page, /Pix enviado/)
  await look('bank receipt', page)
  for (const path of ['/extrato', '/faults']) {
    await page.goto(world.bank + path)
    await look(path, page)
  }
  await page.close()
}
