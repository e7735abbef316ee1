import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { KEPT_LANGUAGE } from '@/api/client'
import { formats, type Formats } from './format'

export const LANGUAGES = ['en', 'pt'] as const
export type Language = (typeof LANGUAGES)[number]


interface Spoken {
  language: Language
  choose: (language: Language) => void
}

const Context = createContext<Spoken>({ language: 'en', choose: () => {} })

const isKnown = (code: string | null | undefined): code is Language =>
  LANGUAGES.includes(code as Language)

/** The project's language, unless the reader chose another here; before log-in the browser's. */
export function LanguageProvider(props: { children: ReactNode; project?: string }) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(KEPT_LANGUAGE))
  const browsers = navigator.language.slice(0, 2)
  const language = [chosen, props.project, browsers].find(isKnown) ?? 'en'
  useEffect(() => {
    document.documentElement.lang = language === 'pt' ? 'pt-BR' : 'en'
  }, [language])
  const spoken = useMemo(
    () => ({
      language,
      choose: (wanted: Language) => {
        localStorage.setItem(KEPT_LANGUAGE, wanted)
        setChosen(wanted)
      },
    }),
    [language],
  )
  return <Context.Provider value={spoken}>{props.children}</Context.Provider>
}

export const useLanguage = () => useContext(Context)

/** The messages of a screen in the reader's language; both languages have the same keys. */
export function useMessages<T>(messages: Record<Language, T>): T {
  return messages[useLanguage().language]
}

const ZoneContext = createContext<{ zone: string; currency: string | null }>({
  zone: 'UTC',
  currency: null,
})
export const ZoneProvider = ZoneContext.Provider

/** Numbers, dates and money as the reader's language writes them, in the project's time zone. */
export function useFormat(): Formats {
  const { language } = useLanguage()
  const { zone, currency } = useContext(ZoneContext)
  return useMemo(() => formats(language, zone, currency), [language, zone, currency])
}
