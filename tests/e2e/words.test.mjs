import assert from 'node:assert/strict'
import { test } from 'node:test'
import { untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { managerPages } from './lib/managers.mjs'
import { offlinePages } from './lib/offline.mjs'
import { technicianPages } from './lib/technician.mjs'
import { bankPages, dockPages, quietPages, rentalPages } from './lib/pages.mjs'

// Names stay as their owners wrote them; the link to the other language is in that language.
const NAMES = /Ponto (Norte|Sul)|Supermercado Volta( Centro)?|Volta (Premiada|Carrinhos)|Português|English/gi
// Not the letters inside a hash or an id.
const LETTERLESS = words => new RegExp(`(?<![\\p{L}\\p{N}])(${words.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
const PORTUGUESE = LETTERLESS([
  'abert[ao]', 'ajuda', 'app do seu', 'banco', 'carrinhos?', 'caução', 'cobrança', 'com', 'de', 'devolu\\p{L}+',
  'loja', 'não', 'pagar', 'pague', 'para', 'pontos?', 'recibo', 'retirada', 'sem', 'seu', 'sorteio', 'vagas?', 'você',
])
const ENGLISH = LETTERLESS([
  'and', 'bank', 'bays?', 'carts?', 'deposit', 'docks?', 'from', 'help', 'is', 'of', 'open', 'paid', 'pay', 'receipt',
  'refund', 'return', 'the', 'to', 'with', 'you', 'your',
])

// A refused form and an address that leads nowhere: the browser logs the answer by itself.
const MEANT = /Failed to load resource: the server responded with a status of (401|404|422)/

// The bank is a Portuguese one.
test('the pages of customers and docks are Portuguese, keep their policy and log no error', () =>
  speaks('pt-BR', ENGLISH, [quietPages, rentalPages, dockPages, bankPages]))
test('the pages of customers and docks are English, keep their policy and log no error', () =>
  speaks('en', PORTUGUESE, [quietPages, rentalPages, dockPages]))
test("the managers' pages are Portuguese, keep their policy and log no error", () =>
  speaks('pt-BR', ENGLISH, [managerPages]))
test("the managers' pages are English, keep their policy and log no error", () =>
  speaks('en', PORTUGUESE, [managerPages]))
test('the pages of a technician are Portuguese, keep their policy and log no error', () =>
  speaks('pt-BR', ENGLISH, [technicianPages]))
test('the pages of a technician are English, keep their policy and log no error', () =>
  speaks('en', PORTUGUESE, [technicianPages]))

test('the pages of a dock without internet are Portuguese, keep their policy and log no error', () =>
  speaks('pt-BR', ENGLISH, [offlinePages]))
test('the pages of a dock without internet are English, keep their policy and log no error', () =>
  speaks('en', PORTUGUESE, [offlinePages]))

function speaks(language, foreign, pages) {
  return withBrowser(async browser => {
    const person = await visitor(browser, { locale: language })
    const strange = []
    for (const some of pages) {
      await some(person, async (name, page) => {
        assert.equal(await page.locator('html').getAttribute('lang'), language, name)
        const words = (await wordsOf(page)).replace(NAMES, '').match(foreign)
        if (words) strange.push(`${name}: ${[...new Set(words)].join(' ')}`)
      })
    }
    assert.deepEqual(strange, [])
    untroubled(person, MEANT)
  })
}

/** What is read and what is read out, also where it is folded away. */
function wordsOf(page) {
  return page.evaluate(() => {
    const spoken = ['aria-label', 'alt', 'placeholder', 'title', 'data-done', 'data-say', 'data-busy', 'data-over']
    const texts = [document.title]
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) {
      const inside = walk.currentNode.parentElement
      // An operation of the bank is called by its name.
      if (inside.value !== undefined && inside.value === inside.textContent) continue
      if (!inside.closest('script, style, code, textarea, [lang]:not(html)')) texts.push(walk.currentNode.data)
    }
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of spoken) texts.push(element.getAttribute(name) || '')
    }
    return texts.join('\n')
  })
}
