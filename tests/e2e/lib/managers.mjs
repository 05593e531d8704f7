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
  await signIn(page, world.password)
  await page.locator('#new_password').waitFor()
  await look('first password', page)
  await page.locator('#new_password').fill(NEW_PASSWORD)
  await page.locator('#repeat').fill(NEW_PASSWORD)
  await page.locator('main form button').click()
  await page.locator('#live').waitFor()
  await look('dashboard', page)
  for (const path of ['/manage/docks', '/manage/rentals', '/manage/alarms', '/manage/password']) {
    await page.goto(world.cloud + path)
    await look(path, page)
  }
  await page.goto(world.cloud + '/manage/rentals')
  await page.locator('main a[href^="/manage/rentals/"]').last().click()
  await heading(page, /./)
  await look('one rental', page)
  await page.close()
}

async function signIn(page, password) {
  await page.locator('#login').fill('admin')
  await page.locator('#password').fill(password)
  await page.locator('main form button').click()
}
