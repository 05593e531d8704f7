// A technician at a dock's page: in through the door, and round all the sections.
import { hands, technicianAnswer, until, world } from './world.mjs'

/** Signs in at a dock with a code of the managers' site. */
export async function enter(page, dock) {
  await page.goto(`${world.docks[dock]}/sign-in`)
  const challenge = await page.locator('#challenge').getAttribute('data-challenge')
  await page.locator('#answer').fill(await technicianAnswer(dock, challenge))
  await page.locator('#enter').click()
  await page.waitForURL(`${world.docks[dock]}/tech`)
}

/** Waits until the event stream of the page is open. */
export function alive(page) {
  return until('the stream lives', () => page.locator('#pulse').textContent())
}

/**
 * The guided test of a vacant bay, with a cart of the simulated dock. `press(locator)` presses,
 * `step(name)` looks. Answers the bay's verdict.
 */
export async function testBay(page, dock, bay, press, step) {
  const todo = page.locator('#todo')
  const asked = words => todo.filter({ hasText: words }).waitFor()
  await press(page.locator('#begin-test'))
  await asked(/luz|lamp/)
  await step('lamp')
  await press(page.locator('#works'))
  await asked(/som|sound/)
  await press(page.locator('#works'))
  await asked(/carrinho|cart/)
  await step('presence')
  const { tag } = await hands(dock, 'bring', {})
  await hands(dock, 'push', { bay, tag })
  await seen(dock, bay, true)
  await hands(dock, 'force', { bay })
  // The tag of the cart that was just taken away may count, or another look at it is asked for.
  const verdict = page.locator('#verdict')
  await verdict.or(todo.filter({ hasText: /etiqueta|tag/ })).waitFor()
  if (!(await verdict.count())) {
    await step('reader')
    await hands(dock, 'push', { bay, tag })
    await verdict.waitFor()
    await hands(dock, 'force', { bay })
  }
  await step('verdict')
  return verdict.textContent()
}

/** Longer than any sensor is debounced. */
function seen(dock, bay, mouth) {
  let since = 0
  return until('the sensor had time to see', async () => {
    const state = await (await fetch(`${world.docks[dock]}/simulator/api/state`)).json()
    const there = state.bays.find(it => it.bay === bay).cart_at_mouth === mouth
    since = there ? since || Date.now() : 0
    return since && Date.now() - since > 1500
  })
}

/** Calls `look(name, page)` on each page of the technician. */
export async function technicianPages(person, look) {
  const page = await person.context.newPage()
  const base = world.docks.norte
  await page.goto(`${base}/sign-in`)
  await look('sign-in', page)
  await page.locator('#answer').fill('00000000')
  await page.locator('#enter').click()
  await page.getByRole('alert').waitFor()
  await look('sign-in refused', page)
  await enter(page, 'norte')
  await alive(page)
  await look('bays', page)
  for (const path of ['/tech/bay/3', '/tech/system', '/tech/journal', '/tech/settings']) {
    await page.goto(base + path)
    if (await page.locator('#pulse').count()) await alive(page)
    await look(path, page)
  }
  await page.goto(`${base}/tech/bay/3`)
  await page.locator('#begin-service').click()
  await page.locator('#begin-test').waitFor()
  await alive(page)
  await look('in service', page)
  await testBay(page, 'norte', 3, button => button.click(), name => look(`test, ${name}`, page))
  await page.locator('.banner button').click()
  await page.waitForURL(/aviso=served/)
  await page.close()
}
