// The managers' pages, from the locked door to one rental's timeline.
import { heading } from './browser.mjs'
import { CPF, bringBack, payAndPull, reach, take, world } from './world.mjs'

// Anything long enough: the one-time password must be changed at the first sign-in.
const NEW_PASSWORD = 'um carrinho volta sempre'

/** Calls `look(name, page)` on each page, with one cart back and one still out. */
export async function managerPages(person, look) {
  const closed = await take('norte', CPF)
  await bringBack('norte', 'sul', await payAndPull('norte', closed), 1)
  await reach(closed.token, 'closed')
  await payAndPull('norte', await take('norte'))

  const page = await person.open('/manage')
  await look('sign-in', page)
  await signIn(page, 'wrong')
  await page.getByRole('alert').waitFor()
  await look('sign-in refused', page)
  await enterAsManager(page, look)
  await look('dashboard', page)
  for (const path of ['/manage/docks', '/manage/rentals', '/manage/alarms', '/manage/books', '/manage/password']) {
    await page.goto(world.cloud + path)
    await look(path, page)
  }
  await cardPages(page, look)
  await technicianKeys(page, look)
  await policyPages(page, look)
  await personPages(page, look)
  await page.goto(world.cloud + '/manage/rentals')
  await page.locator('main a[href^="/manage/rentals/"]').last().click()
  await heading(page, /./)
  await look('one rental', page)
  await page.close()
}

/** The first sign-in, with its change of password. Ends on the dashboard. */
export async function enterAsManager(page, look = async () => {}) {
  await page.goto(`${world.cloud}/manage`)
  await signIn(page, world.password)
  await page.locator('#new_password').waitFor()
  await look('first password', page)
  await page.locator('#new_password').fill(NEW_PASSWORD)
  await page.locator('#repeat').fill(NEW_PASSWORD)
  await page.locator('main form button').click()
  await page.locator('#live').waitFor()
}

/** Puts a member card on the list, by the form. */
export async function addCard(page, number, holder) {
  await page.goto(`${world.cloud}/manage/cards`)
  await page.locator('main summary').first().click()
  await page.locator('#number').fill(number)
  await page.locator('#holder').fill(holder)
  await page.locator('button[value=allow]').click()
}

async function cardPages(page, look) {
  await page.goto(`${world.cloud}/manage/cards`)
  await look('cards', page)
  await addCard(page, '12', 'Ana Lima')
  await page.getByRole('alert').waitFor()
  await look('card refused', page)
  await addCard(page, '4477 0001', 'Ana Lima')
  await page.getByRole('cell', { name: '0001' }).waitFor()
  await look('cards with one', page)
}

/** The rules of the chain: refused with what was typed, then made. */
async function policyPages(page, look) {
  await page.goto(`${world.cloud}/manage/policies`)
  await look('policies', page)
  const chain = `${world.cloud}/manage/policies/chain`
  await page.goto(`${chain}/new`)
  await look('policy form', page)
  await page.locator('#finder-share').fill('100')
  await page.locator('form.fields button.main').click()
  await page.getByRole('alert').waitFor()
  await look('policy refused', page)
  await page.locator('#finder-share').fill('45')
  await page.locator('form.fields button.main').click()
  await page.locator('[data-number=finder-share]').waitFor()
  await look('policy', page)
}

/** A person asks what is known of them: refused, found, shown to read, and erased. */
async function personPages(page, look) {
  const ask = async cpf => {
    await page.goto(`${world.cloud}/manage/persons`)
    await page.locator('#cpf').fill(cpf)
    await page.locator('form.fields button.main').first().click()
  }
  await page.goto(`${world.cloud}/manage/persons`)
  await look('persons', page)
  await ask('1')
  await page.getByRole('alert').waitFor()
  await look('persons with a wrong CPF', page)
  await ask(CPF)
  await page.getByText(/^CPF \*\*\*/).waitFor()
  await look('a person', page)
  await page.locator('form[action$="/page"] button').click()
  await heading(page, /O que sabemos|What we know/)
  await look("a person's copy", page)
  await ask(CPF)
  await page.locator('main summary').click()
  await page.locator('[name=sure]').check()
  await look('a person, before the erasure', page)
  await page.locator('form[action$="/erase"] button').click()
  await page.getByRole('status').waitFor()
  await look('a person erased', page)
}

/** The answers and codes that the site gives to technicians. */
async function technicianKeys(page, look) {
  await page.goto(`${world.cloud}/manage/technicians?dock=norte`)
  await look('technicians', page)
  await page.locator('#challenge').fill('K7QM')
  await page.locator('#challenge ~ button').click()
  await page.getByRole('alert').waitFor()
  await look('challenge refused', page)
  await page.locator('#challenge').fill('k7qm 01xv')
  await page.locator('#challenge ~ button').click()
  await page.locator('.digits').waitFor()
  await look('answer', page)
  await page.goto(`${world.cloud}/manage/docks`)
  await page.locator('#at-sul form button').click()
  await page.locator('.digits').waitFor()
  await look('enrolment code', page)
}

async function signIn(page, password) {
  await page.locator('#login').fill('admin')
  await page.locator('#password').fill(password)
  await page.locator('main form button').click()
}
