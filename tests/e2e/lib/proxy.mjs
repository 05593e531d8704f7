// A TCP proxy that can go silent: from then on the connections it has swallow every byte in both
// directions and never close, as a carrier's NAT does. New connections pass.
import net from 'node:net'

export async function proxyTo(address) {
  const target = new URL(address)
  const pairs = new Set()
  const server = net.createServer(near => {
    const far = net.connect(target.port, target.hostname)
    const pair = { near, far, dead: false }
    pairs.add(pair)
    join(pair, near, far)
    join(pair, far, near)
  })
  await new Promise(ready => server.listen(0, '127.0.0.1', ready))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    silence() {
      for (const pair of pairs) pair.dead = true
    },
    close() {
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
      server.close()
    },
  }
}

function join(pair, from, to) {
  from.on('data', bytes => pair.dead || to.write(bytes))
  from.on('end', () => pair.dead || to.end())
  from.on('close', () => pair.dead || to.destroy())
  from.on('error', () => {})
}
