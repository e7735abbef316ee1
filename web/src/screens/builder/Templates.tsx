import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, got } from '@/api/client'
import { useMessages } from '@/i18n/language'
import type { Node } from '@/segment/tree'
import { Answered, Loading } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Templates.module.css'

const PATTERNS = ''

/** Rules to begin with, as sentences: patterns that fit this shop, then what the packs bring. */
export default function Templates(props: { begin: (node: Node) => void }) {
  const t = useMessages({ en, pt })
  const [sought, setSought] = useState('')
  const [shown, setShown] = useState(PATTERNS)
  const [wrong, setWrong] = useState(false)
  const templates = useQuery({
    queryKey: ['templates'],
    staleTime: 300_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/templates', { signal })),
  })
  const begin = async (text: string) => {
    try {
      const found = await got(api.POST('/api/v1/rules/tree', { body: { text } }))
      props.begin(found.rule as Node)
    } catch {
      setWrong(true)
    }
  }
  return (
    <Answered query={templates} loading={<Loading lines={5} height={44} />}>
      {(all) => {
        const packs = [...new Map(all.map((one) => [one.pack ?? PATTERNS, one.pack_title ?? t.patterns])).entries()]
        const words = sought.trim().toLowerCase()
        const found = all.filter((one) =>
          words === '' ? (one.pack ?? PATTERNS) === shown : `${one.title} ${one.sentence}`.toLowerCase().includes(words),
        )
        return (
          <div className={classes.all}>
            <div className={classes.head}>
              <TextInput size="xs" type="search" value={sought} onChange={(event) => setSought(event.currentTarget.value)} aria-label={t.templateSearch} placeholder={t.templateSearch} className={classes.search} />
              {words === ''
                ? packs.map(([pack, title]) => (
                    <Button key={pack} size="compact-sm" variant={pack === shown ? 'light' : 'subtle'} color={pack === shown ? undefined : 'gray'} aria-pressed={pack === shown} onClick={() => setShown(pack)}>
                      {title}
                    </Button>
                  ))
                : null}
            </div>
            {wrong ? <p role="alert">{t.templateWrong}</p> : null}
            {found.length === 0 ? <p className="quiet">{t.noTemplate}</p> : null}
            <ul className={classes.list}>
              {found.map((one) => (
                <li key={`${one.pack} ${one.name}`}>
                  <button type="button" className={classes.one} onClick={() => void begin(one.rule)}>
                    <span className={classes.title}>
                      {one.title}
                      {one.defined ? <span className={classes.tag}>{t.isDefined}</span> : null}
                    </span>
                    <span className={classes.sentence}>{one.sentence}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )
      }}
    </Answered>
  )
}
