import { useQuery } from '@tanstack/react-query'
import { root } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { projectSettings } from '@/screens/settings/queries'
import { Card, Page, Section } from '@/ui/Page'
import classes from './Help.module.css'
import { helpMessages } from './messages'

const PLACES = ['everywhere', 'building', 'writing'] as const

/** Keys, words, and where more is written. */
export default function Help() {
  const t = useMessages(helpMessages)
  const settings = useQuery(projectSettings)
  return (
    <Page title={t.title} lead={t.lead}>
      <Section title={t.keys} lead={t.keysLead}>
        <div className={classes.maps}>
          {PLACES.map((place) => (
            <Card key={place} flush>
              <table className={classes.map}>
                <caption>{t[place]}</caption>
                <thead className="hidden">
                  <tr>
                    <th scope="col">{t.key}</th>
                    <th scope="col">{t.what}</th>
                  </tr>
                </thead>
                <tbody>
                  {t.map[place].map(([keys, does]) => (
                    <tr key={keys}>
                      <th scope="row">
                        <kbd>{keys}</kbd>
                      </th>
                      <td>{does}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Card>
          ))}
        </div>
      </Section>
      <Section title={t.words} lead={t.wordsLead}>
        <dl className={classes.words}>
          {t.glossary.map(([word, meaning]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={t.more} lead={t.moreLead}>
        <ul className={classes.docs}>
          {t.docs.map(([file, about]) => (
            <li key={file}>
              <code className="name">{file}</code> <span className="quiet">{about}</span>
            </li>
          ))}
        </ul>
        <p className="quiet">
          {settings.data ? t.version(settings.data.shoal) : null} <a href={`${root}/api/openapi.json`}>{t.api}</a>
        </p>
      </Section>
    </Page>
  )
}
