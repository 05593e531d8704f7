// Composes the README's pictures from those that the journey tests left: node pictures.mjs CHROMIUM FROM TO
import fs from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

const [chromiumPath, from, to] = process.argv.slice(2)
const PICTURE_BYTES_MAX = 150_000 // a README that loads on a phone

const PHONE = ['pay', 'open', 'receipt']
const DOCK = 'simulator-open'

const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
})
await compose('journey-on-a-phone.png', PHONE.map(step => picture('phone', step)), 360, 660)
await compose('simulated-dock.png', [picture('desktop', DOCK)], 1280, 760)
await browser.close()

function picture(album, step) {
  const name = fs.readdirSync(path.join(from, album)).find(file => file.endsWith(`-${step}.png`))
  if (!name) throw new Error(`no picture of "${step}" in ${from}/${album}: run the journey tests first`)
  return fs.readFileSync(path.join(from, album, name)).toString('base64')
}

/** Side by side, unscaled: what is resampled compresses badly. */
async function compose(name, pictures, width, height) {
  const page = await browser.newPage({ viewport: { width: 200, height: 200 } })
  const frames = pictures.map(png => `<div><img src="data:image/png;base64,${png}"></div>`)
  await page.setContent(`<!doctype html><style>
    body { margin: 0; display: flex; align-items: flex-start; gap: 14px; padding: 14px; width: max-content; background: #dfe4de }
    div { width: ${width}px; max-height: ${height}px; overflow: hidden; border-radius: 14px }
    img { display: block }
  </style>${frames.join('')}`)
  const file = path.join(to, name)
  await page.locator('body').screenshot({ path: file })
  await page.close()
  const { size } = fs.statSync(file)
  if (size > PICTURE_BYTES_MAX) throw new Error(`${file} has ${size} bytes, ${PICTURE_BYTES_MAX} at most`)
  console.log(`${file}: ${size} bytes`)
}
