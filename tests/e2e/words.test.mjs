import assert from 'node:assert/strict'
import { test } from 'node:test'
import { untroubled, visitor, withBrowser } from './lib/browser.mjs'
import { bankPages, dockPages, quietPages, rentalPages } from './lib/pages.mjs'

// Names stay as their owners wrote them; the link to the other language is in that language.
const NAMES = /Ponto (Norte|Sul)|Supermercado Volta( Centro)?|Volta (Premiada|Carrinhos)|Português|English/gi
const LETTERLESS = words => new RegExp(`(?<!\\p{L})(${words.join('|')})(?!\\p{L})`, 'giu')
const PORTUGUESE = LETTERLESS([
  'abert[ao]', 'ajuda', 'app do seu', 'banco', 'carrinhos?', 'caução', 'cobrança', 'com', 'de', 'devolu\\p{L}+', 'do',
  'loja', 'não', 'pagar', 'pague', 'para', 'pontos?', 'recibo', 'retirada', 'sem', 'seu', 'sorteio', 'vagas?', 'você',
])
const ENGLISH = LETTERLESS([
  'and', 'bank', 'bays?', 'carts?', 'deposit', 'docks?', 'from', 'help', 'is', 'of', 'open', 'paid', 'pay', 'receipt',
  'refund', 'return', 'the', 'to', 'with', 'you', 'your',
])

// A refused form and an address that leads nowhere: the browser logs the answer by itself.
const MEANT = /Failed to load resource: the server responded with a status of (404|422)/

const ours = [quietPages, rentalPages, dockPages]

test('every page is Portuguese, keeps its policy and logs no error', () =>
  speaks('pt-BR', ENGLISH, [...ours, bankPages]))
test('every page is English, keeps its policy and logs no error', () => speaks('en', PORTUGUESE, ours))

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
      if (!inside.closest('script, style, code, textarea, [lang]:not(html)')) texts.push(walk.currentNode.data)
    }
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of spoken) texts.push(element.getAttribute(name) || '')
    }
    return texts.join('\n')
  })
}
