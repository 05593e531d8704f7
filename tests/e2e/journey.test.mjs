import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESKTOP, PHONE, album, heading, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { askForCart, checkMine, checkReceipt, drag, offer, openBay, payInTheApp } from './lib/journey.mjs'
import { until, world } from './lib/world.mjs'

// The browser itself logs the answer to the wrong CPF.
const REFUSED_CPF = /\/d\/norte\/take: Failed to load resource: .* 422/

const tap = button => button.tap()
const click = button => button.click()

test('a cart out and back on a phone', () => withBrowser(async browser => {
  const person = await visitor(browser, PHONE)
  const shoot = album('phone')
  const page = await person.open('/d/norte')
  await askForCart(page, shoot, tap)
  const address = new URL(page.url()).pathname
  const bill = await lookAtThePayPage(page, shoot, tap)
  await payInTheApp(await person.context.newPage(), bill, shoot, tap)
  const bay = await openBay(page)
  assert.equal(await page.title(), `Vaga ${bay} aberta · Volta`)
  await shoot(page, 'open')

  const dock = await person.open(`${world.docks.norte}/simulator`)
  await shoot(dock, 'simulator-open')
  await tap(dock.locator(`#pull-${bay}`))
  await dock.locator('#hand label').waitFor()
  await heading(page, 'O carrinho está com você')
  assert.equal(await page.title(), 'O carrinho está com você · Volta')
  await shoot(page, 'out')
  await shoot(dock, 'simulator-cart-in-hand')
  await tap(dock.locator('#to-0'))
  await dock.waitForURL(`${world.docks.sul}/simulator`)
  await tap(dock.locator('#push-1'))
  await checkReceipt(page)
  assert.match(await page.title(), /^R\$\s10,00 de volta na sua conta · Volta$/)
  await shoot(page, 'receipt')
  await shoot(dock, 'simulator-returned')
  await checkMine(page, address)
  await shoot(page, 'mine')
  untroubled(person, REFUSED_CPF)
}))

test('a cart out and back on a desktop, dragged out and pushed in by keyboard', () => withBrowser(async browser => {
  const person = await visitor(browser, DESKTOP)
  const shoot = album('desktop')
  const page = await person.open('/d/norte')
  await askForCart(page, shoot, click)
  const address = new URL(page.url()).pathname
  const bill = await lookAtThePayPage(page, shoot, click)
  await payInTheApp(await person.context.newPage(), bill, shoot, click)
  const bay = await openBay(page)
  await shoot(page, 'open')

  const dock = await person.open(`${world.docks.norte}/simulator`)
  await dock.locator(`#bay-${bay}.free`).waitFor()
  await shoot(dock, 'simulator-open')
  await drag(dock, `#bay-${bay} [data-drag]`, '#lot')
  await dock.locator('#hand label').waitFor()
  await heading(page, 'O carrinho está com você')
  await shoot(page, 'out')
  await shoot(dock, 'simulator-cart-in-hand')
  await byKeyboard(dock, '#to-0')
  await dock.waitForURL(`${world.docks.sul}/simulator`)
  await byKeyboard(dock, '#push-1')
  await checkReceipt(page)
  await shoot(page, 'receipt')
  await checkMine(page, address)
  await shoot(page, 'mine')
  untroubled(person, REFUSED_CPF)
}))

test('a cart pulled by keyboard alone', () => withBrowser(async browser => {
  const person = await visitor(browser, DESKTOP)
  const page = await person.open('/d/sul')
  await byKeyboard(page, 'form button')
  await heading(page, /^Pague/)
  const bank = await person.open(`${world.bank}/`)
  await bank.getByLabel('Pix copia e cola').fill((await offer(page)).code)
  await byKeyboard(bank, 'form button')
  await heading(bank, 'Confirmar Pix')
  await byKeyboard(bank, 'form button')
  const bay = await openBay(page)
  const dock = await person.open(`${world.docks.sul}/simulator`)
  await dock.locator(`#bay-${bay}.free`).waitFor()
  await byKeyboard(dock, `#pull-${bay}`)
  await heading(page, 'O carrinho está com você')
  untroubled(person)
}))

/** Copies by the button, looks at the QR code and at the clock; answers what was copied. */
async function lookAtThePayPage(page, shoot, press) {
  await shoot(page, 'pay')
  const clock = page.getByRole('timer')
  const first = await clock.textContent()
  assert.match(first, /^\d+:\d\d$/)
  await until('the countdown runs', async () => (await clock.textContent()) !== first)
  const copy = page.locator('[data-copy]')
  await press(copy)
  await until('the button says so', async () => (await copy.textContent()) === 'Copiado')
  const code = await page.evaluate(() => navigator.clipboard.readText())
  const bill = await offer(page)
  assert.equal(code, bill.code)
  assert.match(code, /^000201/)
  await press(page.getByText('Pagar com outro celular'))
  await page.getByRole('img', { name: 'Código QR do Pix' }).waitFor()
  await shoot(page, 'pay-qr')
  return bill
}

/** Walks there with the Tab key, so that what cannot be reached fails, and presses Enter. */
async function byKeyboard(page, goal) {
  await page.bringToFront()
  const place = page.locator(goal).first()
  await place.waitFor()
  for (let steps = 0; steps < 60; steps += 1) {
    if (await place.evaluate(element => element === document.activeElement)) {
      await page.keyboard.press('Enter')
      return
    }
    await page.keyboard.press('Tab')
  }
  assert.fail(`${goal} is not within reach of the Tab key`)
}
