// One cart out and back as a person does it: with a phone, the bank's app and two hands.
import assert from 'node:assert/strict'
import { heading } from './browser.mjs'
import { CPF, until, world } from './world.mjs'

const WRONG_CPF = '529.982.247-26'

/** From the dock's page to the page that asks for the payment. */
export async function askForCart(page, shoot, press) {
  await page.goto(`${world.cloud}/d/norte`)
  await heading(page, 'Ponto Norte')
  await shoot(page, 'dock')
  await page.getByLabel('CPF (opcional)').fill(WRONG_CPF)
  await press(page.getByRole('button', { name: 'Liberar carrinho' }))
  await page.getByRole('alert').getByRole('link', { name: /CPF não existe/ }).waitFor()
  assert.equal(await page.getByLabel('CPF (opcional)').inputValue(), WRONG_CPF)
  assert.equal(await page.getByLabel('CPF (opcional)').getAttribute('aria-invalid'), 'true')
  await shoot(page, 'dock-cpf-refused')
  await page.getByLabel('CPF (opcional)').fill(CPF)
  await press(page.getByRole('button', { name: 'Liberar carrinho' }))
  await heading(page, /^Pague R\$\s10,00 por Pix$/)
}

/** Pays in the bank's app with the code as it was copied, if the payee is the promised one. */
export async function payInTheApp(page, { code, payee }, shoot, press) {
  await page.goto(`${world.bank}/`)
  await page.getByLabel('Pix copia e cola').fill(code)
  await press(page.getByRole('button', { name: 'Continuar' }))
  await heading(page, 'Confirmar Pix')
  await shoot(page, 'bank-confirm')
  const named = await page.locator('dl').innerText()
  assert(named.toUpperCase().includes(payee.toUpperCase()), `the bank names another payee: ${named}`)
  await press(page.getByRole('button', { name: /^Pagar R\$\s10,00$/ }))
  await heading(page, /Pix enviado/)
  await shoot(page, 'bank-paid')
}

/** What the pay page gives to take to the bank. */
export async function offer(page) {
  return {
    code: await page.getByLabel('Código Pix copia e cola').inputValue(),
    payee: await page.locator('.payee strong').textContent(),
  }
}

/** The number of the bay that the rental's page says is open. */
export async function openBay(page) {
  await heading(page, /^Vaga \d+ aberta$/)
  const [, bay] = /^Vaga (\d+) aberta/.exec(await page.getByRole('heading', { level: 1 }).textContent())
  return Number(bay)
}

/** What a settled receipt must hold: both bank ids and the raffle entry. */
export async function checkReceipt(page) {
  await heading(page, /^R\$\s10,00 de volta na sua conta$/)
  const receipt = await page.locator('.receipt').innerText()
  assert.match(receipt, /Id do Pix pago\s+E[0-9A-Za-z]{31}/)
  assert.match(receipt, /Id da devolução\s+D[0-9A-Za-z]{31}/)
  assert.match(receipt, /Local da devolução\s+Ponto Sul/)
  assert.match(receipt, /\*\*\*\.982\.247-\*\*/)
  const entry = (await page.locator('.ticket').textContent()).trim()
  assert(entry.length > 0)
  assert(receipt.includes(entry))
}

export async function checkMine(page, address) {
  await page.goto(`${world.cloud}/mine`)
  const row = page.getByRole('link', { name: /Pix devolvido/ })
  assert.equal(new URL(await row.getAttribute('href'), world.cloud).pathname, address)
}

/** Drags with the left button held, as a hand does: with stops on the way, and without scrolling. */
export async function drag(page, from, to) {
  await page.locator(from).scrollIntoViewIfNeeded()
  const [start, goal] = [await middle(page.locator(from)), await middle(page.locator(to))]
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move(start.x + 30, start.y + 20, { steps: 4 })
  await page.mouse.move(goal.x, goal.y, { steps: 8 })
  await page.mouse.up()
}

async function middle(place) {
  const box = await until('a thing to hold', () => place.boundingBox())
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
