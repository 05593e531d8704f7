import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESKTOP, PHONE, album, heading, untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { askForCart, checkMine, checkReceipt, offer, openBay, payInTheApp } from './lib/journey.mjs'
import { world } from './lib/world.mjs'

for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
  test(`a cart out and back without scripts on a ${size}`, () => withBrowser(async browser => {
    const person = await visitor(browser, { ...options, javaScriptEnabled: false })
    const shoot = album(`plain-${size}`)
    const press = button => button.click()
    const page = await person.open('/d/norte')
    await askForCart(page, shoot, press)
    const address = new URL(page.url()).pathname
    await shoot(page, 'pay')
    assert.equal(await page.locator('.js:visible').count(), 0)
    const other = await person.context.newPage()
    await payInTheApp(other, await offer(page), shoot, press)
    const bay = await openBay(page)
    assert.match(page.url(), /\?visto=/)
    await shoot(page, 'open')

    await other.goto(`${world.docks.norte}/simulator`)
    await shoot(other, 'simulator-open')
    await press(other.locator(`#pull-${bay}`))
    await other.locator('#hand label').waitFor()
    await shoot(other, 'simulator-cart-in-hand')
    await heading(page, 'O carrinho está com você')
    await shoot(page, 'out')
    await press(other.locator('#to-0'))
    await other.waitForURL(`${world.docks.sul}/simulator?cart=*`)
    await press(other.locator('#arrival button'))
    await press(other.locator('#push-1'))
    await checkReceipt(page)
    await shoot(page, 'receipt')
    await checkMine(page, address)
    untroubled(person, /\/take: Failed to load resource: .* 422/)
  }))
}
