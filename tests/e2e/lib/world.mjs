// The system under test: its addresses, and what its customers, banks and carts can be made to do
// without a browser. tests/tests/browser.rs starts it and names it in VOLTA_E2E.
import assert from 'node:assert/strict'
import net from 'node:net'

assert(process.env.VOLTA_E2E, 'run this by: cargo nextest run -p system-tests --test browser')

/** `{cloud, bank, docks: {norte, sul}, control, password, chromium, pictures, verifier}` */
export const world = JSON.parse(process.env.VOLTA_E2E)

/** A valid CPF that belongs to nobody. */
export const CPF = '529.982.247-25'

// An event that has not come by now never comes; nothing is measured by this.
const PATIENCE_MS = 90_000
const LOOK_EVERY_MS = 50

/** The first truthy answer of `look`. An answer that throws counts as not yet. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE_MS
  let why = ''
  while (Date.now() < end) {
    try {
      const seen = await look()
      if (seen) return seen
    } catch (error) {
      why = error
    }
    await new Promise(next => setTimeout(next, LOOK_EVERY_MS))
  }
  throw new Error(`waited in vain: ${what}. ${why}`)
}

async function call(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  assert(answer.ok, `${method} ${url}: ${answer.status} ${await answer.clone().text()}`)
  return answer.json()
}

/** A rental that awaits its payment: `{token, address, code}`. */
export async function take(dock, cpf) {
  const { token } = await call('POST', `${world.cloud}/api/v1/docks/${dock}/rentals`, cpf ? { cpf } : {})
  const { copy_paste: code } = await reach(token, 'awaiting_payment')
  return { token, address: `/r/${token}`, code }
}

export function rental(token) {
  return call('GET', `${world.cloud}/api/v1/rentals/${token}`)
}

/** The rental, as soon as it is in `state`. */
export function reach(token, state) {
  return until(`rental in state ${state}`, async () => {
    const seen = await rental(token)
    return seen.state === state && (state !== 'awaiting_payment' || seen.copy_paste) && seen
  })
}

/** Pays by the code, as the bank's app does. */
export async function pay(code) {
  const shown = await fetch(`${world.bank}/app?codigo=${encodeURIComponent(code)}`)
  const txid = /\/app\/cob\/([A-Za-z0-9]+)/.exec(shown.url + (await shown.text()))[1]
  return call('POST', `${world.bank}/control/pay`, { txid })
}

export function hands(dock, verb, body) {
  return call('POST', `${world.docks[dock]}/simulator/api/${verb}`, body)
}

/** From payment to the cart in hand; answers its tag. */
export async function payAndPull(dock, order) {
  await pay(order.code)
  return pull(dock, order)
}

/** Pulls the cart of a paid rental as soon as its bay opens; answers its tag. */
export async function pull(dock, { token }) {
  const { bay } = await reach(token, 'open')
  const { tag } = await until('the bay lets go', () => hands(dock, 'pull', { bay }))
  await reach(token, 'out')
  return tag
}

/** Puts a cart that was pulled at `from` into a bay of `to`. */
export async function bringBack(from, to, tag, bay) {
  await hands(from, 'carry', { tag })
  await hands(to, 'bring', { tag })
  await hands(to, 'push', { bay, tag })
}

/** `stop cloud` kills it, `start cloud` returns when it serves again. */
export async function control(command) {
  const answer = await tell(command)
  assert.equal(answer, 'done', command)
}

/** The eight digits that the managers' site shows for a challenge of a dock's page. */
export async function technicianAnswer(dock, challenge) {
  const answer = await tell(`answer ${dock} ${challenge}`)
  assert.match(answer, /^\d{8}$/)
  return answer
}

/**
 * Lets the time of a raffle's system pass, in which people do what they must, to the next stage, which
 * is `stage`. `{id, receipts}`: the raffle, and the tokens of what was brought back in it.
 */
export async function movesOn(stage) {
  const raffle = JSON.parse(await tell('raffle'))
  assert.equal(raffle.stage, stage)
  return raffle
}

function tell(command) {
  return new Promise((done, failed) => {
    let answer = ''
    net
      .connect(world.control, '127.0.0.1', function () { this.write(command + '\n') })
      .on('data', text => { answer += text })
      .on('error', failed)
      .on('close', () => done(answer.trim()))
  })
}
