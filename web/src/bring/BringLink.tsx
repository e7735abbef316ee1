import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { projectFacts, whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { bringMessages } from './messages'

/** The way to data where there are none yet, for those who may bring some. */
export function BringLink() {
  const t = useMessages(bringMessages)
  const mayBring = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const isEmpty = useQuery(projectFacts).data?.events === 0
  if (!mayBring) return null
  return (
    <Button component={Link} href={isEmpty ? '/' : '/data/import'} size="xs">
      {t.bring}
    </Button>
  )
}
