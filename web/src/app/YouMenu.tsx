import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Check, CircleUserRound, LogOut } from 'lucide-react'
import { api } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { type Language, LANGUAGES, useLanguage, useMessages } from '@/i18n/language'
import { shellMessages } from './messages'

const SCHEMES = ['light', 'dark', 'auto'] as const

/** Theme, language, log-out. */
export function YouMenu() {
  const t = useMessages(shellMessages)
  const { language, choose } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const client = useQueryClient()
  /** What the server said so far was in the other language. */
  const speak = (code: Language) => {
    choose(code)
    void client.invalidateQueries()
  }
  const leave = async () => {
    await api.POST('/api/v1/logout')
    client.clear()
    client.setQueryData(whoAmI.queryKey, null)
  }
  return (
    <Menu position="bottom-end" width={210} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t.you}>
          <CircleUserRound size={20} strokeWidth={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.theme}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={<Chosen is={colorScheme === scheme} />}>
            {t[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.language}</Menu.Label>
        {LANGUAGES.map((code) => (
          <Menu.Item key={code} lang={code} onClick={() => speak(code)} rightSection={<Chosen is={language === code} />}>
            {t.languages[code]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => void leave()}>
          {t.logOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Chosen(props: { is: boolean }) {
  return props.is ? <Check size={15} aria-label="✓" /> : null
}
