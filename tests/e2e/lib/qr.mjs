// QR codes as a camera meets them.
import assert from 'node:assert/strict'
import jsQR from 'jsqr'
import { until } from './world.mjs'

/** The text of the QR code on the screen, read from the picture that a camera would see. */
export async function decode(page) {
  const code = page.locator('.qr:visible').first()
  await until('the code is there', () => code.evaluate(image => image.nodeName === 'svg' || image.naturalWidth > 0))
  const picture = (await code.screenshot()).toString('base64')
  const { ink, width, height } = await page.evaluate(async picture => {
    const image = new Image()
    image.src = 'data:image/png;base64,' + picture
    await image.decode()
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: image.width, height: image.height })
    const pen = canvas.getContext('2d')
    pen.drawImage(image, 0, 0)
    const { data, width, height } = pen.getImageData(0, 0, image.width, image.height)
    let ink = ''
    for (let at = 0; at < data.length; at += 4) ink += data[at] < 128 ? '1' : '0'
    return { ink, width, height }
  }, picture)
  const pixels = new Uint8ClampedArray(ink.length * 4).fill(255)
  for (let at = 0; at < ink.length; at += 1) if (ink[at] === '1') pixels.fill(0, at * 4, at * 4 + 3)
  const found = jsQR(pixels, width, height)
  assert(found, 'no QR code in the picture')
  return found.data
}
