// A page with one of the clients in a real browser, told what to do by lines on stdin.
//
//   node browse.mjs CHROMIUM SCRIPT
//
// Each line is {"call": name, "with": {…}}: `name` is a function that the script exports, or
// `leave`, which calls the page's farewell and goes to another page in the same breath, or `end`.
// Each is answered by a line of JSON. Whatever is asked of a host other than this machine goes to a
// proxy that refuses it and keeps the name: no page may ask for any. The browser itself looks for
// its maker now and then; that is left out, unless it was a page that asked.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const [executablePath, entry] = process.argv.slice(2)
const clients = fileURLToPath(new URL('node_modules', import.meta.url))

const bundled = await build({
  entryPoints: [entry], nodePaths: [clients],
  bundle: true, format: 'iife', globalName: 'shop', write: false, logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
})
const script = bundled.outputFiles[0].text

const listen = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
})
const html = (body) => `<!doctype html><meta charset=utf-8><title>Lamps</title>${body}`
const site = await listen(createServer((request, response) => {
  const isScript = request.url === '/shop.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  const page = request.url.startsWith('/lamps') ? html('<script src=/shop.js></script>') : html('Bye')
  response.end(isScript ? script : page)
}))

const foreign = []
const maker = /(^|\.)(google|googleapis|gvt1)\.com$/
const note = (url) => maker.test(new URL(url).hostname) || foreign.push(url)
const trap = createServer((request, response) => {
  note(request.url)
  response.writeHead(502).end()
})
trap.on('connect', (request, socket) => {
  note(`https://${request.url}`)
  socket.destroy()
})

const browser = await chromium.launch({
  executablePath,
  proxy: { server: await listen(trap), bypass: '127.0.0.1' },
  args: ['--disable-quic', '--disable-gpu', '--disable-blink-features=AutomationControlled'],
})
// Some clients tell nothing of robots, and take a browser without a window for one.
const [major] = browser.version().split('.')
const system = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'
const context = await browser.newContext({
  userAgent: `${system} Chrome/${major}.0.0.0 Safari/537.36`,
})
context.on('request', (request) => {
  const { protocol, hostname } = new URL(request.url())
  if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url())
})
const page = await context.newPage()
const errors = []
page.on('pageerror', (error) => errors.push(String(error)))
await page.goto(`${site}/lamps?utm_source=letter`)

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
say({ site })
for await (const line of createInterface({ input: process.stdin })) {
  const { call, with: given } = JSON.parse(line)
  if (call === 'end') break
  if (call === 'leave') {
    await Promise.all([
      page.waitForURL(`${site}/bye`),
      page.evaluate((it) => {
        shop.farewell(it)
        location.href = '/bye'
      }, given),
    ])
    say({})
  } else {
    say((await page.evaluate(([what, it]) => shop[what](it), [call, given])) ?? {})
  }
}
await browser.close()
say({ foreign, errors })
process.exit(0)
