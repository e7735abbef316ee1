// Fails when the built page has become too heavy, or lost its colours. Run after `npm run build`.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const built = fileURLToPath(new URL('../../src/shoal/_web', import.meta.url))
const KB = 1000
const MOST = { first: 230 * KB, aim: 200 * KB, screen: 40 * KB, css: 50 * KB, font: 50 * KB }

const manifest = JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8'))
const weight = (file) => gzipSync(readFileSync(join(built, file)), { level: 9 }).length

function reached(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) reached(next, seen)
  return seen
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const always = reached(entry)
const sum = (keys) => [...keys].reduce((total, key) => total + weight(manifest[key].file), 0)
const begin = sum(always)
const later = new Set([...always].flatMap((key) => manifest[key].dynamicImports ?? []))
const screens = [...later].map((key) => {
  const own = [...reached(key)].filter((one) => !always.has(one))
  return { name: manifest[key].name, bytes: sum(own) }
})
const heaviest = Math.max(0, ...screens.map((one) => one.bytes))
const files = readdirSync(join(built, 'assets'))
const css = files.filter((name) => name.endsWith('.css'))
const cssBytes = css.reduce((total, name) => total + weight(`assets/${name}`), 0)
const fonts = files.filter((name) => name.endsWith('.woff2'))

const told = (bytes) => `${(bytes / KB).toFixed(1)} kB`
const wrong = []
const check = (what, bytes, most) => {
  console.log(`${what.padEnd(34)} ${told(bytes).padStart(10)}  of ${told(most)}`)
  if (bytes > most) wrong.push(`${what} is ${told(bytes)}, more than ${told(most)}`)
}
check('scripts of the first screen', begin + heaviest, MOST.first)
if (begin + heaviest > MOST.aim) console.log(`  (the aim is ${told(MOST.aim)})`)
for (const one of screens) check(`screen ${one.name}`, one.bytes, MOST.screen)
check('styles', cssBytes, MOST.css)
for (const name of fonts) check('font', statSync(join(built, 'assets', name)).size, MOST.font)
if (fonts.length > 1) wrong.push(`${fonts.length} fonts, where one is enough`)
for (const name of css) {
  const text = readFileSync(join(built, 'assets', name), 'utf8')
  if (text.includes('lightningcss-light')) wrong.push(`${name}: light-dark() was rewritten away`)
}
const scripts = files.filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(built, 'assets', name), 'utf8'))
const styles = css.map((name) => readFileSync(join(built, 'assets', name), 'utf8')).join('')
const theirs = fileURLToPath(new URL('../node_modules/@mantine/core/styles', import.meta.url))
for (const name of readdirSync(theirs).filter((one) => one.endsWith('.layer.css'))) {
  const classes = new Set(readFileSync(join(theirs, name), 'utf8').match(/\bm_[0-9a-f]{6,8}\b/g))
  const isUsed = [...classes].some((one) => scripts.some((text) => text.includes(one)))
  if (isUsed && ![...classes].some((one) => styles.includes(one))) wrong.push(`src/app/mantine.ts does not import @mantine/core/styles/${name}`)
}
if (wrong.length) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
